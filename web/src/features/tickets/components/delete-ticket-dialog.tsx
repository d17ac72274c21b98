import { useState } from "react";

import { whatFailed } from "@/api/client";
import type { TicketDetail } from "@/api/wire";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { toastDone, toastFailed } from "@/components/ui/toast";
import { useDeleteTicket } from "@/features/tickets/api/delete-ticket";
import { count } from "@/lib/count";
import { useSingleFlight } from "@/lib/single-flight";
import { useHere } from "@/lib/use-here";

interface DeleteTicketDialogProps {
  ticket: TicketDetail;
  onClose: () => void;
  onDeleted: () => void;
}

/** Deletion cannot be undone, so the ticket's number is typed first. */
export function DeleteTicketDialog({ ticket, onClose, onDeleted }: DeleteTicketDialogProps) {
  const deletion = useDeleteTicket(ticket.displayId);
  const [typed, setTyped] = useState("");
  const certain = typed.trim().toUpperCase() === ticket.displayId;
  const fly = useSingleFlight();
  const here = useHere();
  const explain = (error: Error) => whatFailed(`${ticket.displayId} was`, "deleted", error);
  const confirm = () => {
    if (!certain) return;
    fly(
      () => deletion.mutateAsync(),
      () => {
        toastDone(`${ticket.displayId} deleted`);
        if (here.current) onDeleted();
      },
      (error) => here.current || toastFailed(explain(error)),
    );
  };
  return (
    <Dialog title={`Delete ${ticket.displayId}?`} kind="alert" onClose={onClose}>
      <p>
        “{ticket.title}” goes for good, with {count(ticket.comments.length, "comment")} and its whole history. This cannot be undone.
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          confirm();
        }}
      >
        <TextField label={`Type ${ticket.displayId} to confirm`} value={typed} onChange={(event) => setTyped(event.target.value)} autoFocus />
      </form>
      {deletion.error && <p role="alert">{explain(deletion.error)}</p>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="danger" disabled={!certain} busy={deletion.isPending} onClick={confirm}>
          Delete ticket
        </Button>
      </DialogActions>
    </Dialog>
  );
}
