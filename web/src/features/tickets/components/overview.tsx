import { Pencil } from "lucide-react";
import { lazy, Suspense, useRef } from "react";

import { Markdown } from "@/components/markdown/lazy-markdown";
import { Button } from "@/components/ui/button";
import styles from "@/features/tickets/components/overview.module.css";
import type { TicketSnapshot } from "@/features/tickets/api/get-ticket";
import { useDraft } from "@/lib/drafts";

const MarkdownEditor = lazy(() => import("@/components/markdown/markdown-editor").then((module) => ({ default: module.MarkdownEditor })));

interface OverviewProps {
  snapshot: TicketSnapshot;
  userId: string;
  editable: boolean;
  onSave: (overview: string, base: TicketSnapshot) => void;
}

/** An edit under way: the new text, and what it started from. */
interface OverviewEdit {
  text: string;
  base: TicketSnapshot;
}

/** The ticket's long text; an edit begun here is still here after a reload. */
export function Overview({ snapshot, userId, editable, onSave }: OverviewProps) {
  const { ticket } = snapshot;
  const draft = useDraft<OverviewEdit | null>(userId, `overview/${ticket.displayId}`, null);
  const opener = useRef<HTMLButtonElement>(null);
  const edit = editable ? draft.value : null;
  const close = () => {
    draft.clear();
    requestAnimationFrame(() => opener.current?.focus());
  };
  const save = () => {
    if (!edit || edit.text.trim() === "") return;
    if (edit.text !== ticket.overview) onSave(edit.text, edit.base);
    close();
  };
  return (
    <section className={styles.overview} aria-label="Overview">
      <header className={styles.header}>
        <h2>Overview</h2>
        {editable && !edit && (
          <Button ref={opener} kind="quiet" icon={<Pencil />} aria-label="Edit overview" onClick={() => draft.set({ text: ticket.overview, base: snapshot })}>
            Edit
          </Button>
        )}
      </header>
      {edit ? (
        <Suspense fallback={<Markdown text={ticket.overview} />}>
          <MarkdownEditor
            label="Overview"
            autoFocus
            rows={10}
            value={edit.text}
            onChange={(text) => draft.set({ ...edit, text })}
            onSubmit={save}
            onCancel={edit.text === ticket.overview ? close : undefined}
            error={edit.text.trim() === "" ? "An overview cannot be blank." : undefined}
            footer={
              <>
                <Button onClick={close}>Cancel</Button>
                <Button kind="primary" onClick={save}>
                  Save overview
                </Button>
              </>
            }
          />
        </Suspense>
      ) : (
        <Markdown text={ticket.overview} />
      )}
    </section>
  );
}
