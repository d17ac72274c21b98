import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { Ticket } from "@/api/wire";
import type { ListQuery } from "@/lib/ticket-search";

const pageSize = 100;

/** The tickets of a filter, in pages, in the server's order: SEV 1 first, the newest of each first. */
export function ticketsQuery(query: ListQuery) {
  return infiniteQueryOptions({
    queryKey: ["tickets", "list", query],
    queryFn: ({ pageParam, signal }) =>
      request<Ticket[]>("GET", "/tickets", { query: { ...query, limit: pageSize, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    placeholderData: keepPreviousData,
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

/**
 * All SEV 1 tickets nobody has resolved yet, asked again and again: the shell tells when there is a new one. Not the
 * newest few: what is raised to SEV 1 stands where its age puts it.
 */
export const criticalTicketsQuery = queryOptions({
  queryKey: ["tickets", "critical"],
  queryFn: async ({ signal }) =>
    (await request<Ticket[]>("GET", "/tickets", { query: { severity: 1, status: ["OPEN", "IN_PROGRESS"] }, signal })).data,
  refetchInterval: 30_000,
});
