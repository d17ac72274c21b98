import { queryOptions } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { AuditEntry } from "@/api/wire";

/** Everything that happened to a ticket, the newest first. */
export function historyQuery(displayId: string) {
  return queryOptions({
    queryKey: ["history", displayId],
    queryFn: async ({ signal }) => (await request<AuditEntry[]>("GET", `/tickets/${encodeURIComponent(displayId)}/audit`, { signal })).data,
  });
}
