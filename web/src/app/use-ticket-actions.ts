import { useQueryClient } from "@tanstack/react-query";

import { whatFailed } from "@/api/client";
import type { Ticket, TicketPatch } from "@/api/wire";
import { toastDone, toastFailed } from "@/components/ui/toast";
import { useSession } from "@/features/session/api/get-session";
import { seenTicket, type SeenTicket } from "@/features/tickets/api/get-ticket";
import { EditConflict, useUpdateTicket, type Edit } from "@/features/tickets/api/update-ticket";
import { only, toPatch, type Changes } from "@/features/tickets/changes";
import { count } from "@/lib/count";
import { pathText } from "@/lib/cti";
import { mayBecome } from "@/lib/policies";
import { severityLabel } from "@/lib/severity";
import { statusLabel } from "@/lib/status";

/** One change to one or many tickets from anywhere: shown at once, told in a toast, with a way back. */
export function useTicketActions() {
  const client = useQueryClient();
  const me = useSession();
  const { mutateAsync } = useUpdateTicket();

  const save = async (edits: readonly Edit[], what: string): Promise<void> => {
    const done: Edit[] = [];
    const undo: Edit[] = [];
    const clashes: EditConflict[] = [];
    const failed: { edit: Edit; error: Error }[] = [];
    await Promise.all(
      edits.map(async (edit) => {
        const { displayId, changes, base } = edit;
        try {
          const saved = await mutateAsync(edit);
          done.push(edit);
          const back = base && only(base.ticket, changes);
          // An agent who reopened a closed ticket may not close it again.
          if (back && (!back.status || mayBecome(me, back.status))) undo.push({ displayId, changes: back, base: saved });
        } catch (error) {
          if (error instanceof EditConflict) clashes.push(error);
          else failed.push({ edit, error: error as Error });
        }
      }),
    );
    if (done.length > 0) toastDone(`${named(done)}: ${what}`, undo.length > 0 ? { label: "Undo", run: () => void save(undo, "undone") } : undefined);
    if (clashes.length > 0)
      toastFailed(`${were(clashes.map(({ edit }) => edit))} not changed. ${tellClashes(clashes)}`, {
        label: "Change anyway",
        run: () => void save(clashes.map(({ edit, latest }) => ({ ...edit, base: latest })), what),
      });
    if (failed.length > 0)
      toastFailed(whatFailed(were(failed.map(({ edit }) => edit)), "changed", failed[0]!.error), {
        label: "Try again",
        run: () => void save(failed.map(({ edit }) => edit), what),
      });
  };
  /** `seen`: the tickets as they were when one began to choose, where that takes a while. */
  const apply = async (displayIds: readonly string[], changes: Changes, seen: readonly SeenTicket[] = []): Promise<void> => {
    const edits = displayIds.map((displayId, index) => ({ displayId, changes, base: seen[index] ?? seenTicket(client, displayId) }));
    // What is so already is not sent: its Undo would lead nowhere, and take the place of the one that leads back.
    const isSo = ({ displayId, base }: Edit) => base && has(base.ticket, changes) && has((seenTicket(client, displayId) ?? base).ticket, changes);
    const wanted = edits.filter((edit) => !isSo(edit));
    if (wanted.length > 0) await save(wanted, describe(changes));
    else toastDone(`${named(edits)}: ${describe(changes)} already`);
  };
  /** How the tickets look at this moment: what is to be done to them is held against it. */
  const seen = (displayIds: readonly string[]) => displayIds.map((displayId) => seenTicket(client, displayId)).filter((ticket) => ticket !== undefined);
  return { apply, seen };
}

function has(ticket: Ticket, changes: Changes): boolean {
  const now = toPatch(only(ticket, changes));
  return Object.entries(toPatch(changes)).every(([field, value]) => now[field as keyof TicketPatch] === value);
}

const named = (edits: readonly Edit[]) => (edits.length === 1 ? edits[0]!.displayId : count(edits.length, "ticket"));
const were = (edits: readonly Edit[]) => `${named(edits)} ${edits.length === 1 ? "was" : "were"}`;

function tellClashes(clashes: readonly EditConflict[]): string {
  const theirs = clashes.map(({ edit, latest }) => `${clashes.length === 1 ? "" : `${edit.displayId} `}${describe(only(latest.ticket, edit.changes))}`);
  return `Somebody else changed ${clashes.length === 1 ? "it" : "them"} meanwhile: ${theirs.join(", ")}.`;
}

function describe({ severity, status, assignee, path }: Changes): string {
  if (severity) return severityLabel(severity);
  if (status) return statusLabel(status);
  if (path) return `rerouted to ${pathText(path)}`;
  return assignee ? `assigned to ${assignee.displayName}` : "unassigned";
}
