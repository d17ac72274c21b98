import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import { toastFailed } from "@/components/ui/toast";
import { criticalTicketsQuery, ownCritical } from "@/features/tickets/api/list-tickets";

/** Tells of every SEV 1 ticket that was not there a moment ago and is not one's own doing, on whatever page one is. */
export function useCriticalWatch(): void {
  const { data } = useQuery(criticalTicketsQuery);
  const navigate = useNavigate();
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    if (!data) return;
    const before = known.current;
    const fresh = before ? data.filter(({ displayId }) => !before.has(displayId) && !ownCritical.has(displayId)) : [];
    known.current = new Set(data.map(({ displayId }) => displayId));
    for (const displayId of [...(before ?? []), ...known.current]) ownCritical.delete(displayId);
    const [first, second] = fresh;
    if (!first) return;
    // One sentence for all: of several at once only the last would be read aloud.
    if (second) return toastFailed(`${fresh.length} new SEV 1 tickets`, { label: "Show", run: () => void navigate({ to: "/", search: { severity: [1] } }) });
    const { displayId, title } = first;
    toastFailed(`New SEV 1: ${title}`, { label: "Open", run: () => void navigate({ to: "/tickets/$displayId", params: { displayId } }) });
  }, [data, navigate]);
}
