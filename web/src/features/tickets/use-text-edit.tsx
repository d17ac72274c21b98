import { useEffect, useLayoutEffect, useRef, useState } from "react";

import { whatFailed } from "@/api/client";
import { later } from "@/components/ui/later";
import { tellFailed, toastDone } from "@/components/ui/toast";
import type { TicketSnapshot } from "@/features/tickets/api/get-ticket";
import { EditConflict, useUpdateTicket } from "@/features/tickets/api/update-ticket";
import { useDraft } from "@/lib/drafts";
import { useSingleFlight } from "@/lib/single-flight";
import { useHere } from "@/lib/use-here";

const ConflictDialog = later(() => import("@/features/tickets/components/conflict-dialog").then((module) => module.ConflictDialog));

/** An edit under way: the new text, and what it started from. */
interface TextEdit {
  text: string;
  base: TicketSnapshot;
}

/** The edit of a ticket's title or overview. It ends when it is saved or given up: a failed save leaves it as it is. */
export function useTextEdit(field: "title" | "overview", snapshot: TicketSnapshot, userId: string) {
  const { displayId } = snapshot.ticket;
  const draft = useDraft<TextEdit | null>(userId, `${field}/${displayId}`, null);
  // Begun, perhaps without a word of it written yet.
  const [begun, setBegun] = useState<TicketSnapshot | null>(null);
  const { mutateAsync, isPending, error, reset } = useUpdateTicket();
  const fly = useSingleFlight();
  const here = useHere();
  const opener = useRef<HTMLButtonElement>(null);
  const edit = draft.value ?? (begun && { text: begun.ticket[field], base: begun });
  const isOpen = edit !== null;
  const latest = useRef(edit);
  useLayoutEffect(() => {
    latest.current = edit;
  });

  const wasOpen = useRef(false);
  useEffect(() => {
    // Closed, it gives the focus back to what opened it, unless one has put it elsewhere.
    if (wasOpen.current && !isOpen && document.activeElement === document.body) opener.current?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);

  const cancel = () => {
    setBegun(null);
    draft.clear();
    reset();
  };
  const write = ({ text, base }: TextEdit) => {
    setBegun(base);
    draft.set(text === base.ticket[field] ? null : { text, base });
  };
  const save = (what: TextEdit) => {
    const { text, base } = what;
    if (text.trim() === "") return;
    if (text === base.ticket[field]) return cancel();
    let written = null as TextEdit | null;
    const onSaved = () => {
      written = latest.current;
      draft.saved(what);
    };
    fly(
      () => {
        setBegun(null); // from here on the draft alone keeps it open
        return mutateAsync({ displayId, changes: { [field]: text }, base, onSaved });
      },
      (saved) => {
        // What one wrote on meanwhile is an edit of what is saved now.
        if (written && written.text !== text) write({ text: written.text, base: seen(saved) });
        else setBegun(null);
        toastDone(`${displayId}: ${field} saved`);
      },
      (problem) => tellFailed(explain(problem), here),
    );
  };
  const explain = (problem: Error) => whatFailed(`the ${field} of ${displayId} was`, "saved; your text is kept", problem);

  return {
    text: edit?.text ?? null,
    isSaving: isPending,
    problem: edit?.text.trim() === "" ? `${field === "title" ? "A title" : "An overview"} cannot be blank.` : error ? explain(error) : undefined,
    opener,
    begin: () => setBegun(seen(snapshot)),
    write: (text: string) => edit && write({ ...edit, text }),
    save: () => edit && save(edit),
    cancel,
    conflict: error instanceof EditConflict && (
      <ConflictDialog
        field={field}
        conflict={error}
        onKeepTheirs={cancel}
        onSaveMine={(text) => {
          const mine = { text, base: seen(error.latest) };
          write(mine);
          save(mine);
        }}
      />
    ),
  };
}

/** What an edit is compared with: the comments need not lie in its draft. */
const seen = (snapshot: TicketSnapshot): TicketSnapshot => ({ ...snapshot, ticket: { ...snapshot.ticket, comments: [] } });
