import { useState } from "react";

import type { Ticket } from "@/api/wire";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { inputClass } from "@/components/ui/field";
import type { Changes, EditConflict } from "@/features/tickets/api/update-ticket";
import { asChanges, conflicts } from "@/features/tickets/changes";
import styles from "@/features/tickets/components/conflict-dialog.module.css";
import { pathText } from "@/lib/cti";
import { severityLabel } from "@/lib/severity";
import { statusLabel } from "@/lib/status";

interface ConflictDialogProps {
  conflict: EditConflict;
  onKeepTheirs: () => void;
  /** Saves over the latest version. */
  onSaveMine: (changes: Changes) => void;
  /** Decide later: what was typed is kept. */
  onClose: () => void;
}

const fieldNames: Record<keyof Changes, string> = { title: "Title", overview: "Overview", severity: "Severity", status: "Status", assignee: "Assignee", path: "Routing" };

/** Two people wrote the same field: both versions side by side, and the choice is one's own. */
export function ConflictDialog({ conflict, onKeepTheirs, onSaveMine, onClose }: ConflictDialogProps) {
  const { edit, latest } = conflict;
  const [mine, setMine] = useState<Changes>(edit.changes);
  const fields = conflicts(edit.changes, edit.base!.ticket, latest.ticket);
  return (
    <Dialog title={`${edit.displayId} was changed meanwhile`} onClose={onClose} wide insistent>
      <p>Somebody else saved the same field while you were editing. Nothing of yours is lost: choose what stays.</p>
      {fields.map((field) => (
        <section key={field} className={styles.pair} aria-label={fieldNames[field]}>
          <div className={styles.side}>
            <h3>{fieldNames[field]} now</h3>
            <div className={styles.theirs}>{describe(latest.ticket, field)}</div>
          </div>
          <div className={styles.side}>
            <h3>Yours</h3>
            {field === "title" || field === "overview" ? (
              <textarea
                className={`${inputClass} ${styles.mine}`}
                aria-label={`Your ${field}`}
                rows={field === "title" ? 2 : 12}
                value={mine[field]}
                onChange={(event) => setMine({ ...mine, [field]: event.target.value })}
              />
            ) : (
              <div className={styles.theirs}>{describe({ ...latest.ticket, ...mine, ...mine.path }, field)}</div>
            )}
          </div>
        </section>
      ))}
      <DialogActions>
        <Button onClick={onKeepTheirs}>Keep theirs</Button>
        <Button kind="primary" onClick={() => onSaveMine(mine)}>
          Save mine
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function describe(ticket: Ticket, field: keyof Changes): string {
  const values = asChanges(ticket);
  switch (field) {
    case "title":
    case "overview":
      return values[field];
    case "severity":
      return severityLabel(values.severity);
    case "status":
      return statusLabel(values.status);
    case "assignee":
      return values.assignee?.displayName ?? "Unassigned";
    case "path":
      return pathText(values.path);
  }
}
