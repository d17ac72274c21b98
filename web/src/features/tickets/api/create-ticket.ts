import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { NewTicket, TicketDetail } from "@/api/wire";
import { toastDone } from "@/components/ui/toast";
import { noteOwn } from "@/features/tickets/api/list-tickets";
import type { SentDraft } from "@/lib/drafts";

/** Creates one ticket, however often its draft is sent, and finishes the draft. */
export function useCreateTicket() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ ticket, draft }: { ticket: NewTicket; draft: SentDraft }) =>
      (await request<TicketDetail>("POST", "/tickets", { body: ticket, idempotencyKey: draft.keyFor(ticket) })).data,
    onSuccess: (ticket, { draft }) => {
      draft.saved();
      noteOwn(ticket);
      toastDone(`${ticket.displayId} created`);
    },
    // Also after a failure: it may have been created all the same.
    onSettled: () => void client.invalidateQueries({ queryKey: ["tickets"] }),
  });
}
