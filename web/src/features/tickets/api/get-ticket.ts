import { queryOptions, type QueryClient } from "@tanstack/react-query";

import { ApiProblem, request, type Reply } from "@/api/client";
import type { Ticket, TicketDetail } from "@/api/wire";

/** A ticket as one saw it, which an edit is checked against. A list tells no ETag. */
export interface SeenTicket {
  ticket: Ticket;
  etag: string | null;
}

/** A ticket and the version it was read at. */
export interface TicketSnapshot extends SeenTicket {
  ticket: TicketDetail;
}

export const ticketKey = (displayId: string) => ["tickets", "detail", displayId] as const;

/** So often a ticket that one has open is asked for again, so that nobody works on what it was. */
const freshness = 15_000;

export function ticketQuery(displayId: string) {
  return queryOptions({
    queryKey: ticketKey(displayId),
    queryFn: ({ signal }) => fetchTicket(displayId, signal),
    // What was deleted does not come back.
    refetchInterval: ({ state: { error } }) => !(error instanceof ApiProblem && error.status === 404) && freshness,
  });
}

export async function fetchTicket(displayId: string, signal?: AbortSignal): Promise<TicketSnapshot> {
  return toSnapshot(await request<TicketDetail>("GET", `/tickets/${encodeURIComponent(displayId)}`, { signal }));
}

export function toSnapshot(reply: Reply<TicketDetail>): TicketSnapshot {
  return { ticket: reply.data, etag: reply.etag };
}

/** The ticket as the page shows it; else as a page or a list showed it before. */
export function seenTicket(client: QueryClient, displayId: string): SeenTicket | undefined {
  for (const type of ["active", "all"] as const) {
    const [page] = client.getQueriesData<TicketSnapshot>({ queryKey: ticketKey(displayId), type });
    if (page?.[1]) return page[1];
    const row = ticketFromLists(client, displayId, type);
    if (row) return { ticket: row, etag: null };
  }
  return undefined;
}

interface Pages {
  pages: Reply<Ticket[]>[];
}

/** The ticket as a list already showed it, to look at while the rest is on its way. */
export function ticketFromLists(client: QueryClient, displayId: string, type: "active" | "all" = "all"): Ticket | undefined {
  return client
    .getQueriesData<Pages>({ queryKey: ["tickets", "list"], type })
    .flatMap(([, data]) => data?.pages ?? [])
    .flatMap((page) => page.data)
    .find((ticket) => ticket.displayId === displayId);
}
