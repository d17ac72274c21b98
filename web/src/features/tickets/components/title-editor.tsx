import { Pencil } from "lucide-react";
import { useRef } from "react";

import { Button, IconButton } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import type { TicketSnapshot } from "@/features/tickets/api/get-ticket";
import styles from "@/features/tickets/components/title-editor.module.css";
import { useTextEdit } from "@/features/tickets/use-text-edit";
import { classNames } from "@/lib/class-names";
import { titleLimit } from "@/lib/limits";

interface TitleEditorProps {
  snapshot: TicketSnapshot;
  userId: string;
  editable: boolean;
}

/** The page's heading; its pencil makes it a box. Enter saves, Esc cancels. */
export function TitleEditor({ snapshot, userId, editable }: TitleEditorProps) {
  const { title } = snapshot.ticket;
  const { text, write, save, cancel, isSaving, problem, conflict, begin, opener } = useTextEdit("title", snapshot, userId);
  const box = useRef<HTMLInputElement>(null);
  if (!editable || text === null) {
    return (
      <div className={styles.shown}>
        <h1 tabIndex={-1} className={styles.title}>
          {title}
        </h1>
        {editable && <IconButton ref={opener} label="Edit title" icon={<Pencil />} onClick={begin} />}
      </div>
    );
  }
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() === "") return box.current?.focus();
        save();
      }}
    >
      <h1 className="visually-hidden" tabIndex={-1}>
        {title}
      </h1>
      <TextField
        ref={box}
        label="Title"
        labelHidden
        value={text}
        maxLength={titleLimit}
        error={problem}
        autoFocus
        className={styles.input}
        onChange={(event) => write(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && cancel()}
      />
      <Button onClick={cancel}>Cancel</Button>
      <Button kind="primary" type="submit" busy={isSaving}>
        {isSaving ? "Saving…" : "Save"}
      </Button>
      <p className={classNames("on-paper", styles.paper)}>{text}</p>
      {conflict}
    </form>
  );
}
