import { AlertTriangle, ChevronRight, CircleDot, CirclePlus, MessageSquare, MessageSquareX, Pencil, Route, UserRound } from "lucide-react";
import { useId, useState, type ReactNode } from "react";

import type { AuditAction, AuditEntry } from "@/api/wire";
import { PersonName } from "@/components/ui/avatar";
import { Time } from "@/components/ui/time";
import styles from "@/features/audit/components/history.module.css";
import { hasDetail, sentence } from "@/features/audit/sentences";

const icons: Record<AuditAction, ReactNode> = {
  CREATED: <CirclePlus />,
  STATUS_CHANGED: <CircleDot />,
  SEVERITY_CHANGED: <AlertTriangle />,
  ASSIGNEE_CHANGED: <UserRound />,
  REROUTED: <Route />,
  TITLE_CHANGED: <Pencil />,
  OVERVIEW_CHANGED: <Pencil />,
  COMMENT_ADDED: <MessageSquare />,
  COMMENT_DELETED: <MessageSquareX />,
};

/** One line of history; what more there is opens beneath it. */
export function HistoryEntry({ entry }: { entry: AuditEntry }) {
  const [open, setOpen] = useState(false);
  const id = useId();
  const line = (
    <>
      <span className={styles.icon} aria-hidden="true">
        {icons[entry.action]}
      </span>
      <span className={styles.sentence}>
        <strong>
          <PersonName person={entry.user} />
        </strong>{" "}
        {sentence(entry)}
      </span>
    </>
  );
  return (
    <div className={styles.entry} data-action={entry.action}>
      <div className={styles.line}>
        {hasDetail(entry) ? (
          <button type="button" className={styles.toggle} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
            {line}
            <ChevronRight className={styles.chevron} aria-hidden="true" />
          </button>
        ) : (
          <div className={styles.plain}>{line}</div>
        )}
        <span className={styles.time}>
          <Time value={entry.createdAt} />
        </span>
      </div>
      {open && (
        <div id={id} className={styles.detail}>
          <Detail text={entry.detail ?? ""} />
        </div>
      )}
    </div>
  );
}

const longText = 600;

/** Shown as it was written, not rendered: it is a record. Long ones are cut until asked for. */
function Detail({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  if (whole || text.length <= longText) return text;
  return (
    <>
      {text.slice(0, longText)}…{" "}
      <button type="button" className={styles.more} onClick={() => setWhole(true)}>
        Show all
      </button>
    </>
  );
}
