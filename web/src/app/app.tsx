import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { I18nProvider } from "react-aria-components";

import { createQueryClient } from "@/api/query-client";
import { createAppRouter } from "@/app/router";
import { sessionQuery } from "@/features/session/api/get-session";
import { followOtherTabs } from "@/lib/preferences";
import { listenForShortcuts } from "@/lib/shortcuts";
import { hearTabs, tellTabs } from "@/lib/tabs";
import { safeReturnPath } from "@/lib/url-search";

const queryClient = createQueryClient({
  onSignedOut: askToSignIn,
  onPasswordChangeNeeded: askForPassword,
  onForbidden: () => void queryClient.invalidateQueries(sessionQuery),
  onChanged: () => tellTabs({ kind: "changed" }),
});
const router = createAppRouter(queryClient);

/** To the login page, and back to this one afterwards. Drafts stay. */
function askToSignIn(): void {
  const { href, pathname } = router.state.location;
  const wasSignedIn = queryClient.getQueryData(sessionQuery.queryKey) !== undefined;
  if (pathname === "/login" || !wasSignedIn) return;
  // Emptied afterwards: the page one leaves still shows what it has.
  void router.navigate({ to: "/login", search: { redirect: href, ended: "true" } }).then(() => queryClient.clear());
}

function askForPassword(): void {
  if (router.state.location.pathname !== "/profile") void router.navigate({ to: "/profile" });
}

hearTabs((message) => {
  if (message.kind === "signed-out") return askToSignIn();
  if (message.kind === "changed") return void queryClient.invalidateQueries();
  // Another tab signed in: perhaps somebody else.
  const { pathname, search } = router.state.location;
  if (pathname === "/login") return void router.navigate({ href: safeReturnPath(search.redirect), replace: true });
  void queryClient.resetQueries().then(() => router.invalidate());
});
followOtherTabs();
listenForShortcuts();

export function App() {
  return (
    <I18nProvider locale="en-US">
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </I18nProvider>
  );
}
