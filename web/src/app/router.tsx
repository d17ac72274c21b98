import type { QueryClient } from "@tanstack/react-query";
import { createRootRouteWithContext, createRoute, createRouter, lazyRouteComponent, Outlet, redirect } from "@tanstack/react-router";

import { ApiProblem } from "@/api/client";
import { PageError, PageNotFound, PagePending } from "@/app/shell/page-states";
import { Shell } from "@/app/shell/shell";
import { preloadMarkdown } from "@/components/markdown/lazy-markdown";
import { sessionQuery } from "@/features/session/api/get-session";
import { ticketQuery } from "@/features/tickets/api/get-ticket";
import { parseTicketSearch } from "@/lib/ticket-search";
import { parseUrlSearch, safeReturnPath, stringifyUrlSearch } from "@/lib/url-search";

interface Context {
  queryClient: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Outlet });

const login = createRoute({
  getParentRoute: () => root,
  path: "/login",
  validateSearch: (raw: Record<string, unknown>): { redirect?: string; ended?: string } => ({
    redirect: typeof raw.redirect === "string" ? raw.redirect : undefined,
    ended: raw.ended === "true" ? "true" : undefined,
  }),
  component: lazyRouteComponent(() => import("@/app/routes/login"), "Login"),
});

/** Everything but the login page: nobody gets in without a session. */
const shell = createRoute({
  getParentRoute: () => root,
  id: "shell",
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queryClient.query({ ...sessionQuery, staleTime: "static" });
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 401)) throw error;
      throw redirect({ to: "/login", search: { redirect: safeReturnPath(location.href) } });
    }
  },
  component: Shell,
});

const dashboard = createRoute({
  getParentRoute: () => shell,
  path: "/",
  validateSearch: parseTicketSearch,
  component: lazyRouteComponent(() => import("@/app/routes/dashboard"), "Dashboard"),
});

const myTickets = createRoute({
  getParentRoute: () => shell,
  path: "/my",
  validateSearch: parseTicketSearch,
  component: lazyRouteComponent(() => import("@/app/routes/my-tickets"), "MyTickets"),
});

const newTicket = createRoute({
  getParentRoute: () => shell,
  path: "/new",
  component: lazyRouteComponent(() => import("@/app/routes/new-ticket"), "NewTicket"),
});

const ticket = createRoute({
  getParentRoute: () => shell,
  path: "/tickets/$displayId",
  // Runs on hover too, so that a ticket is there when it is clicked.
  loader: ({ context, params }) => {
    context.queryClient.query(ticketQuery(params.displayId)).catch(() => undefined); // the page tells of failures
    preloadMarkdown();
  },
  component: lazyRouteComponent(() => import("@/app/routes/ticket"), "TicketPage"),
});

const users = createRoute({
  getParentRoute: () => shell,
  path: "/admin/users",
  component: lazyRouteComponent(() => import("@/app/routes/users"), "Users"),
});

const cti = createRoute({
  getParentRoute: () => shell,
  path: "/admin/cti",
  validateSearch: (raw: Record<string, unknown>): { category?: string; type?: string } => ({
    category: typeof raw.category === "string" ? raw.category : undefined,
    type: typeof raw.type === "string" ? raw.type : undefined,
  }),
  component: lazyRouteComponent(() => import("@/app/routes/cti"), "Cti"),
});

const profile = createRoute({
  getParentRoute: () => shell,
  path: "/profile",
  component: lazyRouteComponent(() => import("@/app/routes/profile"), "Profile"),
});

/** Any other address. */
const unknown = createRoute({ getParentRoute: () => shell, path: "$", component: () => <PageNotFound /> });

export function createAppRouter(queryClient: QueryClient) {
  const router = createRouter({
    routeTree: root.addChildren([login, shell.addChildren([dashboard, myTickets, newTicket, ticket, users, cti, profile, unknown])]),
    context: { queryClient },
    parseSearch: parseUrlSearch,
    stringifySearch: stringifyUrlSearch,
    scrollRestoration: true,
    defaultPreloadStaleTime: 0, // the query cache knows what is fresh
    defaultPendingComponent: PagePending,
    defaultPendingMs: 300,
    defaultErrorComponent: PageError,
    defaultNotFoundComponent: () => <PageNotFound />,
  });
  // The code of the first page comes while it is asked who is signed in, and not only then.
  const [routes] = router.getMatchedRoutes(router.latestLocation.pathname);
  for (const route of routes) {
    router.loadRouteChunk(route)?.catch(() => undefined); // the page tells of failures
  }
  return router;
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
