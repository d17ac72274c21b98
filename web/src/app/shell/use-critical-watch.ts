import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";

import { toastFailed } from "@/components/ui/toast";
import { criticalTicketsQuery } from "@/features/tickets/api/list-tickets";

/** Tells of every SEV 1 ticket that was not there a moment ago, on whatever page one is. */
export function useCriticalWatch(): void {
  const { data } = useQuery(criticalTicketsQuery);
  const navigate = useNavigate();
  const known = useRef<Set<string> | null>(null);
  useEffect(() => {
    if (!data) return;
    const fresh = known.current ? data.filter((ticket) => !known.current!.has(ticket.id)) : [];
    known.current = new Set([...(known.current ?? []), ...data.map((ticket) => ticket.id)]);
    for (const { displayId, title } of fresh.slice(0, 3)) {
      toastFailed(`New SEV 1: ${title}`, { label: "Open", run: () => void navigate({ to: "/tickets/$displayId", params: { displayId } }) });
    }
  }, [data, navigate]);
}
