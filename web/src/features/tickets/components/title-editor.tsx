import { Pencil } from "lucide-react";
import { useRef, useState } from "react";

import { Button, IconButton } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import styles from "@/features/tickets/components/title-editor.module.css";
import { titleLimit } from "@/lib/limits";

interface TitleEditorProps {
  title: string;
  editable: boolean;
  onBegin: () => void;
  onSave: (title: string) => void;
}

/** The page's heading; becomes a box when pressed. Enter saves, Esc cancels. */
export function TitleEditor({ title, editable, onBegin, onSave }: TitleEditorProps) {
  const [text, setText] = useState<string | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const close = () => {
    setText(null);
    requestAnimationFrame(() => opener.current?.focus());
  };
  if (text === null) {
    return (
      <div className={styles.shown}>
        <h1 tabIndex={-1} className={styles.title}>
          {title}
        </h1>
        {editable && (
          <IconButton
            ref={opener}
            label="Edit title"
            icon={<Pencil />}
            onClick={() => {
              onBegin();
              setText(title);
            }}
          />
        )}
      </div>
    );
  }
  const problem = text.trim() === "" ? "A title cannot be blank." : undefined;
  const save = () => {
    if (problem) return;
    if (text !== title) onSave(text);
    close();
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <h1 className="visually-hidden" tabIndex={-1}>
        {title}
      </h1>
      <TextField
        label="Title"
        labelHidden
        value={text}
        maxLength={titleLimit}
        error={problem}
        autoFocus
        className={styles.input}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => event.key === "Escape" && close()}
      />
      <Button onClick={close}>Cancel</Button>
      <Button kind="primary" type="submit">
        Save
      </Button>
    </form>
  );
}
