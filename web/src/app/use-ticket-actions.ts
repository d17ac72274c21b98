import { useQueryClient } from "@tanstack/react-query";

import { toastDone, toastFailed } from "@/components/ui/toast";
import type { Ticket } from "@/api/wire";
import { ticketFromLists, ticketKey, type TicketSnapshot } from "@/features/tickets/api/get-ticket";
import { useUpdateTicket, type Changes } from "@/features/tickets/api/update-ticket";
import { asChanges } from "@/features/tickets/changes";
import { count } from "@/lib/count";
import { severityLabel } from "@/lib/severity";
import { statusLabel } from "@/lib/status";

/** One change to one or many tickets from anywhere: shown at once, told in a toast, with a way back. */
export function useTicketActions() {
  const client = useQueryClient();
  const { mutateAsync } = useUpdateTicket();

  const known = (displayId: string): Ticket | undefined =>
    client.getQueryData<TicketSnapshot>(ticketKey(displayId))?.ticket ?? ticketFromLists(client, displayId);

  const apply = async (displayIds: readonly string[], changes: Changes): Promise<void> => {
    const before = displayIds.flatMap((displayId) => {
      const ticket = known(displayId);
      return ticket ? [{ displayId, changes: keep(asChanges(ticket), changes) }] : [];
    });
    const results = await Promise.allSettled(displayIds.map((displayId) => mutateAsync({ displayId, changes })));
    const failed = results.flatMap((result) => (result.status === "rejected" ? [result.reason as Error] : []));
    if (failed.length > 0) toastFailed(`${failed.length === 1 && displayIds.length === 1 ? displayIds[0] : count(failed.length, "ticket")} not changed. ${failed[0]!.message}`);
    else
      toastDone(`${displayIds.length === 1 ? displayIds[0] : count(displayIds.length, "ticket")}: ${describe(changes)}`, {
        label: "Undo",
        run: () => void Promise.allSettled(before.map((edit) => mutateAsync(edit))),
      });
  };
  return { apply };
}

/** The old values of just those fields that change. */
function keep(old: Required<Changes>, changes: Changes): Changes {
  return Object.fromEntries(Object.entries(old).filter(([field]) => field in changes));
}

export function describe({ severity, status, assignee, path, title }: Changes): string {
  if (severity) return severityLabel(severity);
  if (status) return statusLabel(status);
  if (assignee !== undefined) return assignee ? `assigned to ${assignee.displayName}` : "unassigned";
  if (path) return "rerouted";
  return title === undefined ? "overview saved" : "title saved";
}
