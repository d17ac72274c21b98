import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { request, type Reply } from "@/api/client";
import type { Status, Ticket } from "@/api/wire";
import type { ListQuery } from "@/lib/ticket-search";

const pageSize = 100;
/** So often a list that one has open is asked for again: so long may what others did be missing from it. */
const freshness = 30_000;
/** Further down one reads, and does not watch; all pages would be asked for again. */
const watchedPages = 3;

/** The tickets of a filter, in pages, in the server's order: SEV 1 first, the newest of each first. */
export function ticketsQuery(query: ListQuery) {
  return infiniteQueryOptions({
    queryKey: ["tickets", "list", query],
    // What was asked stands beside the answer: for a moment the last list stands in for the next one.
    queryFn: async ({ pageParam, signal }) => ({ asked: query, ...(await request<Ticket[]>("GET", "/tickets", { query: { ...query, limit: pageSize, cursor: pageParam }, signal })) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) => data !== undefined && data.pages.length <= watchedPages && freshness,
    gcTime: 60 * 60_000, // who reads a ticket for long comes back to the same place, too
  });
}

/** The few tickets that fit a search; for the palette. */
export function findTicketsQuery(search: string) {
  return queryOptions({
    queryKey: ["tickets", "find", search],
    queryFn: async ({ signal }) => (await request<Ticket[]>("GET", "/tickets", { query: { search, limit: 8 }, signal })).data,
    placeholderData: keepPreviousData,
  });
}

/** How many tickets fit: the total of a page of one. */
export function countTicketsQuery(query: Partial<ListQuery>) {
  return queryOptions({
    queryKey: ["tickets", "count", query],
    queryFn: async ({ signal }) => (await request<Ticket[]>("GET", "/tickets", { query: { ...query, limit: 1 }, signal })).total ?? 0,
    staleTime: 30_000,
  });
}

const unresolved: readonly Status[] = ["OPEN", "IN_PROGRESS"];

/**
 * All SEV 1 tickets nobody has resolved yet, asked again and again: the shell tells when there is a new one. Not the
 * newest few: what is raised to SEV 1 stands where its age puts it. Not among "tickets", which are asked for again
 * after every change.
 */
export const criticalTicketsQuery = queryOptions({
  queryKey: ["critical-tickets"],
  queryFn: async ({ signal }) => {
    const found: Pick<Ticket, "id" | "displayId" | "title">[] = [];
    let cursor: string | null = null;
    do {
      const page: Reply<Ticket[]> = await request("GET", "/tickets", { query: { severity: 1, status: unresolved, limit: 200, cursor }, signal });
      for (const { id, displayId, title } of page.data) found.push({ id, displayId, title });
      cursor = page.nextCursor;
    } while (cursor);
    return found;
  },
  refetchInterval: freshness,
});

/** The numbers of those one made SEV 1 oneself, here: to oneself they are no news. Each until the shell has heard of it. */
export const ownCritical = new Set<string>();

export function noteOwn({ displayId, severity, status }: Ticket): void {
  if (severity === 1 && unresolved.includes(status)) ownCritical.add(displayId);
  else ownCritical.delete(displayId);
}
