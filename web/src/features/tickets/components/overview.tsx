import { Pencil } from "lucide-react";
import { useRef } from "react";

import { Markdown } from "@/components/markdown/lazy-markdown";
import type { EditorHandle } from "@/components/markdown/markdown-editor";
import { Button } from "@/components/ui/button";
import { later } from "@/components/ui/later";
import type { TicketSnapshot } from "@/features/tickets/api/get-ticket";
import styles from "@/features/tickets/components/overview.module.css";
import { useTextEdit } from "@/features/tickets/use-text-edit";

const MarkdownEditor = later(() => import("@/components/markdown/markdown-editor").then((module) => module.MarkdownEditor));

interface OverviewProps {
  snapshot: TicketSnapshot;
  userId: string;
  editable: boolean;
}

/** The ticket's long text; an edit begun here is still here after a reload. */
export function Overview({ snapshot, userId, editable }: OverviewProps) {
  const { overview } = snapshot.ticket;
  const { text, write, save, cancel, isSaving, problem, conflict, begin, opener } = useTextEdit("overview", snapshot, userId);
  const editing = editable && text !== null;
  const box = useRef<EditorHandle>(null);
  const submit = () => (text?.trim() === "" ? box.current?.focus() : save());
  return (
    <section className={styles.overview} aria-label="Overview">
      <header className={styles.header}>
        <h2>Overview</h2>
        {editable && !editing && (
          <Button ref={opener} kind="quiet" icon={<Pencil />} aria-label="Edit overview" onClick={begin}>
            Edit
          </Button>
        )}
      </header>
      {editing ? (
        <MarkdownEditor
          ref={box}
          fallback={<Markdown text={overview} />}
          label="Overview"
          autoFocus
          rows={10}
          value={text}
          onChange={write}
          onSubmit={submit}
          onCancel={text === overview ? cancel : undefined}
          error={problem}
          footer={
            <>
              <Button onClick={cancel}>Cancel</Button>
              <Button kind="primary" busy={isSaving} onClick={submit}>
                {isSaving ? "Saving…" : "Save overview"}
              </Button>
            </>
          }
        />
      ) : (
        <Markdown text={overview} />
      )}
      {conflict}
    </section>
  );
}
