import { Bold, Code, Italic, Link2, List, ListTodo, Quote } from "lucide-react";
import { useId, useImperativeHandle, useRef, useState, type KeyboardEvent, type ReactNode, type Ref } from "react";
import { flushSync } from "react-dom";

import { Markdown } from "@/components/markdown/lazy-markdown";
import styles from "@/components/markdown/markdown-editor.module.css";
import { IconButton } from "@/components/ui/button";
import { Tabs } from "@/components/ui/tabs";
import { classNames } from "@/lib/class-names";
import { markUp, type Markup } from "@/lib/markdown-edit";

export interface EditorHandle {
  /** Ready to write, also from the preview. */
  focus: () => void;
}

interface MarkdownEditorProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Ctrl+Enter or Cmd+Enter. */
  onSubmit?: () => void;
  onCancel?: () => void;
  placeholder?: string;
  error?: string;
  rows?: number;
  autoFocus?: boolean;
  ref?: Ref<EditorHandle>;
  footer?: ReactNode;
}

/** A box to write markdown in: toolbar, Write and Preview, keys. */
export function MarkdownEditor({ label, value, onChange, onSubmit, onCancel, placeholder, error, rows = 4, autoFocus, ref, footer }: MarkdownEditorProps) {
  const [tab, setTab] = useState<"write" | "preview">("write");
  const [told, setTold] = useState(error);
  if (error !== told) {
    setTold(error);
    if (error) setTab("write"); // what is wrong is said beside the box
  }
  const area = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => ({
    focus: () => {
      flushSync(() => setTab("write"));
      area.current?.focus();
    },
  }));
  const id = useId();
  const apply = (markup: Markup) => area.current && insertMarkup(area.current, markup);

  const press = (event: KeyboardEvent) => {
    const command = event.ctrlKey || event.metaKey;
    if (command && event.key === "Enter") onSubmit?.();
    else if (command && event.key === "b") apply("bold");
    else if (command && event.key === "i") apply("italic");
    else if (event.key === "Escape" && onCancel) onCancel();
    else return;
    event.preventDefault();
  };
  return (
    <div className={classNames(styles.editor, error && styles.invalid)} onKeyDown={press}>
      <Tabs
        label={`${label}: write or preview`}
        tabs={[
          { id: "write", label: "Write" },
          { id: "preview", label: "Preview" },
        ]}
        selected={tab}
        onSelect={setTab}
        aside={tab === "write" && <Toolbar apply={apply} />}
      >
        {tab === "write" ? (
          <>
            <textarea
              ref={area}
              className={classNames(styles.area, rows > 5 && styles.tall)}
              aria-label={label}
              aria-invalid={error ? true : undefined}
              aria-describedby={error ? `${id}-error` : undefined}
              value={value}
              rows={rows}
              placeholder={placeholder}
              autoFocus={autoFocus}
              onChange={(event) => onChange(event.target.value)}
            />
            <div className={classNames("on-paper", styles.paper)}>{value}</div>
          </>
        ) : (
          <div className={styles.preview}>{value.trim() ? <Markdown text={value} /> : <p className={styles.nothing}>Nothing to preview</p>}</div>
        )}
      </Tabs>
      {error && (
        <p id={`${id}-error`} className={styles.error}>
          {error}
        </p>
      )}
      {footer && <div className={styles.footer}>{footer}</div>}
    </div>
  );
}

const tools: readonly { markup: Markup; label: string; icon: ReactNode }[] = [
  { markup: "bold", label: "Bold (Ctrl+B)", icon: <Bold /> },
  { markup: "italic", label: "Italic (Ctrl+I)", icon: <Italic /> },
  { markup: "code", label: "Code", icon: <Code /> },
  { markup: "link", label: "Link", icon: <Link2 /> },
  { markup: "quote", label: "Quote", icon: <Quote /> },
  { markup: "list", label: "List", icon: <List /> },
  { markup: "task", label: "Task list", icon: <ListTodo /> },
];

/** One stop for Tab, arrows between the buttons. */
function Toolbar({ apply }: { apply: (markup: Markup) => void }) {
  const [current, setCurrent] = useState(0);
  const bar = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (current + step + tools.length) % tools.length;
    setCurrent(next);
    bar.current?.querySelectorAll("button")[next]?.focus();
  };
  return (
    <div ref={bar} role="toolbar" aria-label="Formatting" className={styles.toolbar} onKeyDown={move}>
      {tools.map(({ markup, label, icon }, index) => (
        <IconButton key={markup} label={label} icon={icon} tabIndex={index === current ? 0 : -1} onClick={() => apply(markup)} />
      ))}
    </div>
  );
}

function insertMarkup(area: HTMLTextAreaElement, markup: Markup): void {
  const { from, to, insert, selectFrom, selectTo } = markUp({ text: area.value, start: area.selectionStart, end: area.selectionEnd }, markup);
  area.focus();
  area.setSelectionRange(from, to);
  // The old command is the only way that keeps the browser's own undo.
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- nothing else does it
  document.execCommand("insertText", false, insert);
  area.setSelectionRange(selectFrom, selectTo);
}
