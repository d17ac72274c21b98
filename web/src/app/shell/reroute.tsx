import { useQuery } from "@tanstack/react-query";

import { useTicketActions } from "@/app/use-ticket-actions";
import { treeQuery } from "@/features/cti/api/get-tree";
import type { SeenTicket } from "@/features/tickets/api/get-ticket";
import { RerouteDialog } from "@/features/tickets/components/reroute-dialog";
import { emptyTree } from "@/lib/cti";

/** Leads one ticket or several elsewhere, from wherever one is. */
export function Reroute({ seen, onClose }: { seen: readonly SeenTicket[]; onClose: () => void }) {
  const { data: tree = emptyTree } = useQuery(treeQuery);
  const { apply } = useTicketActions();
  const tickets = seen.map(({ ticket }) => ticket);
  return (
    <RerouteDialog
      tickets={tickets}
      tree={tree}
      onClose={onClose}
      onReroute={(path) => {
        onClose();
        void apply(tickets.map(({ displayId }) => displayId), { path }, seen);
      }}
    />
  );
}
