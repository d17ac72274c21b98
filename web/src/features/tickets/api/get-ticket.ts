import { queryOptions, type QueryClient } from "@tanstack/react-query";

import { request, type Reply } from "@/api/client";
import type { Ticket, TicketDetail } from "@/api/wire";

/** A ticket and the version it was read at, which an edit is checked against. */
export interface TicketSnapshot {
  ticket: TicketDetail;
  etag: string | null;
}

export const ticketKey = (displayId: string) => ["tickets", "detail", displayId] as const;

export function ticketQuery(displayId: string) {
  return queryOptions({ queryKey: ticketKey(displayId), queryFn: ({ signal }) => fetchTicket(displayId, signal) });
}

export async function fetchTicket(displayId: string, signal?: AbortSignal): Promise<TicketSnapshot> {
  return toSnapshot(await request<TicketDetail>("GET", `/tickets/${encodeURIComponent(displayId)}`, { signal }));
}

export function toSnapshot(reply: Reply<TicketDetail>): TicketSnapshot {
  return { ticket: reply.data, etag: reply.etag };
}

interface Pages {
  pages: Reply<Ticket[]>[];
}

/** The ticket as a list already showed it, to look at while the rest is on its way. */
export function ticketFromLists(client: QueryClient, displayId: string): Ticket | undefined {
  return client
    .getQueriesData<Pages>({ queryKey: ["tickets", "list"] })
    .flatMap(([, data]) => data?.pages ?? [])
    .flatMap((page) => page.data)
    .find((ticket) => ticket.displayId === displayId);
}
