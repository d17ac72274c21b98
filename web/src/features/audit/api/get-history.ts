import { queryOptions } from "@tanstack/react-query";

import { request, type Reply } from "@/api/client";
import type { AuditEntry } from "@/api/wire";

/** Everything that happened to a ticket, the newest first. */
export function historyQuery(displayId: string) {
  return queryOptions({
    queryKey: ["history", displayId],
    queryFn: ({ signal }) => request<AuditEntry[]>("GET", `/tickets/${encodeURIComponent(displayId)}/audit`, { signal }),
    select: (reply) => reply.data,
  });
}

/**
 * The same beside the ticket itself: asked again until it tells of the version that is shown. The API waits for what
 * was just changed half a second at most, which is not always enough.
 */
export function historyQueryUpTo(displayId: string, ticketEtag: string | null) {
  return queryOptions({
    ...historyQuery(displayId),
    refetchInterval: ({ state: { data } }) => data && isBehind(data, ticketEtag) && 1_000,
  });
}

/** Both ETags begin with the version of the ticket; an answer too long for one is taken as it is. */
function isBehind({ etag }: Reply<AuditEntry[]>, ticketEtag: string | null): boolean {
  const version = (tag: string) => parseInt(tag.replace(/^\D*/, ""));
  return etag !== null && ticketEtag !== null && version(etag) < version(ticketEtag);
}
