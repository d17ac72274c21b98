import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { ApiProblem, request, type Reply } from "@/api/client";
import type { CtiPath, PersonRef, Ticket, TicketDetail, TicketPatch } from "@/api/wire";
import { fetchTicket, ticketKey, toSnapshot, type TicketSnapshot } from "@/features/tickets/api/get-ticket";
import { overlap, toPatch } from "@/features/tickets/changes";
import { tellTabs } from "@/lib/tabs";

/** A change in the ticket's own words: whole people and nodes, so that it can be shown before it is saved. */
export interface Changes {
  title?: string;
  overview?: string;
  severity?: Ticket["severity"];
  status?: Ticket["status"];
  assignee?: PersonRef | null;
  path?: CtiPath;
}

export interface Edit {
  displayId: string;
  changes: Changes;
  /** What the editor saw when the edit began. Without it the last writer wins. */
  base?: TicketSnapshot;
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
    mutationFn: saveEdit,
    onMutate: async ({ displayId, changes }) => {
      await client.cancelQueries({ queryKey: ["tickets"] });
      return { rollBack: showAtOnce(client, displayId, changes) };
    },
    onError: (error, edit, context) => {
      context?.rollBack();
      if (error instanceof EditConflict) client.setQueryData(ticketKey(edit.displayId), error.latest);
    },
    onSuccess: (snapshot, { displayId }) => {
      client.setQueryData<TicketSnapshot>(ticketKey(displayId), (old) => (old ? { ...snapshot, ticket: { ...old.ticket, ...snapshot.ticket } } : undefined));
      tellTabs({ kind: "changed" });
    },
    onSettled: (_snapshot, _error, { displayId }) => {
      void client.invalidateQueries({ queryKey: ["tickets"], predicate: (query) => query.queryKey[1] !== "detail" });
      void client.invalidateQueries({ queryKey: ["history", displayId] });
    },
  });
}

async function saveEdit(edit: Edit): Promise<TicketSnapshot> {
  try {
    return await sendPatch(edit.displayId, toPatch(edit.changes), edit.base?.etag ?? null);
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 412 && edit.base)) throw error;
    return saveOverNewer(edit, edit.base);
  }
}

/** A ticket that changed elsewhere, but not in the fields of this edit, takes the edit as it is. */
async function saveOverNewer(edit: Edit, base: TicketSnapshot): Promise<TicketSnapshot> {
  const latest = await fetchTicket(edit.displayId);
  if (overlap(edit.changes, base.ticket, latest.ticket)) throw new EditConflict(edit, latest);
  return sendPatch(edit.displayId, toPatch(edit.changes), latest.etag);
}

async function sendPatch(displayId: string, patch: TicketPatch, ifMatch: string | null): Promise<TicketSnapshot> {
  return toSnapshot(await request<TicketDetail>("PATCH", `/tickets/${encodeURIComponent(displayId)}`, { body: patch, ifMatch }));
}

interface Pages {
  pages: Reply<Ticket[]>[];
  pageParams: unknown[];
}

/** Writes the change into every list and the ticket's own page; returns how to take it back. */
function showAtOnce(client: QueryClient, displayId: string, changes: Changes): () => void {
  const before = [
    ...client.getQueriesData({ queryKey: ["tickets", "list"] }),
    ...client.getQueriesData({ queryKey: ticketKey(displayId) }),
  ];
  const { path, ...fields } = changes;
  const apply = <T extends Ticket>(ticket: T): T => (ticket.displayId === displayId ? { ...ticket, ...fields, ...path } : ticket);
  client.setQueriesData<Pages>({ queryKey: ["tickets", "list"] }, (data) =>
    data && { ...data, pages: data.pages.map((page) => ({ ...page, data: page.data.map(apply) })) },
  );
  client.setQueryData<TicketSnapshot>(ticketKey(displayId), (old) => old && { ...old, ticket: apply(old.ticket) });
  return () => {
    for (const [key, data] of before) client.setQueryData(key, data);
  };
}
