import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { ApiProblem, request, type Reply } from "@/api/client";
import type { Ticket, TicketDetail } from "@/api/wire";
import { fetchTicket, seenTicket, ticketKey, toSnapshot, type SeenTicket, type TicketSnapshot } from "@/features/tickets/api/get-ticket";
import { noteOwn } from "@/features/tickets/api/list-tickets";
import { only, overlap, toPatch, type Changes } from "@/features/tickets/changes";

export interface Edit {
  displayId: string;
  changes: Changes;
  /** What the editor saw when the edit began. Without it the last writer wins. */
  base?: SeenTicket;
  /** Called also when the page that began the edit is gone. */
  onSaved?: () => void;
}

/** Somebody else changed the same field since the edit began. */
export class EditConflict extends Error {
  constructor(
    readonly edit: Edit,
    readonly latest: TicketSnapshot,
  ) {
    super("Somebody else changed this meanwhile.");
  }
}

/** Saves a change: shown at once, taken back if it fails. Rejects with EditConflict when two people wrote the same field. */
export function useUpdateTicket() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: saveInTurn,
    onMutate: async ({ displayId, changes }) => {
      await client.cancelQueries({ queryKey: ["tickets"] });
      const before = seenTicket(client, displayId);
      show(client, displayId, changes);
      return { rollBack: () => before && show(client, displayId, only(before.ticket, changes)) };
    },
    onError: (error, { displayId }, context) => {
      context?.rollBack();
      if (error instanceof EditConflict) client.setQueryData(ticketKey(displayId), error.latest);
    },
    onSuccess: (snapshot, { displayId, onSaved }) => {
      onSaved?.();
      noteOwn(snapshot.ticket);
      if (isLast()) client.setQueryData<TicketSnapshot>(ticketKey(displayId), (old) => (old ? { ...snapshot, ticket: { ...old.ticket, ...snapshot.ticket } } : undefined));
    },
    // Also after a failure: it may have been saved all the same.
    onSettled: (_snapshot, _error, { displayId }) => {
      void client.invalidateQueries({ queryKey: ["history", displayId] });
      if (isLast()) void client.invalidateQueries({ queryKey: ["tickets"] });
    },
  });
}

const turns = new Map<string, Promise<unknown>>();

/** While others are under way, what they want is shown: neither an answer nor a list from before may take it off the page. */
const isLast = () => turns.size === 0;

/** One edit of a ticket after the other: to the second, the first must not look like somebody else's. */
function saveInTurn(edit: Edit): Promise<TicketSnapshot> {
  const save = () => saveEdit(edit);
  const turn = (turns.get(edit.displayId) ?? Promise.resolve()).then(save, save);
  turns.set(edit.displayId, turn);
  return turn.finally(() => turns.get(edit.displayId) === turn && turns.delete(edit.displayId));
}

/** A ticket that changed elsewhere, but not in the fields of this edit, takes the edit as it is. */
async function saveEdit(edit: Edit): Promise<TicketSnapshot> {
  const { displayId, changes, base } = edit;
  const send = async (ifMatch: string | null) =>
    toSnapshot(await request<TicketDetail>("PATCH", `/tickets/${encodeURIComponent(displayId)}`, { body: toPatch(changes), ifMatch }));
  if (!base) return send(null);
  try {
    if (base.etag) return await send(base.etag);
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 412)) throw error;
  }
  const latest = await fetchTicket(displayId);
  if (overlap(changes, base.ticket, latest.ticket)) throw new EditConflict(edit, latest);
  return send(latest.etag);
}

interface Pages {
  pages: Reply<Ticket[]>[];
  pageParams: unknown[];
}

/** Writes the change into every list and the ticket's own page. */
function show(client: QueryClient, displayId: string, { path, ...fields }: Changes): void {
  const apply = <T extends Ticket>(ticket: T): T => (ticket.displayId === displayId ? { ...ticket, ...fields, ...path } : ticket);
  client.setQueriesData<Pages>({ queryKey: ["tickets", "list"] }, (data) =>
    data && { ...data, pages: data.pages.map((page) => ({ ...page, data: page.data.map(apply) })) },
  );
  client.setQueryData<TicketSnapshot>(ticketKey(displayId), (old) => old && { ...old, ticket: apply(old.ticket) });
}
