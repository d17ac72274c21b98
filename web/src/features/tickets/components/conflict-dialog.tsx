import { useState } from "react";

import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { inputClass } from "@/components/ui/field";
import type { EditConflict } from "@/features/tickets/api/update-ticket";
import styles from "@/features/tickets/components/conflict-dialog.module.css";

interface ConflictDialogProps {
  field: "title" | "overview";
  conflict: EditConflict;
  onKeepTheirs: () => void;
  /** Saves over the latest version. */
  onSaveMine: (text: string) => void;
}

/** Two people wrote the same text: both versions side by side, and the choice is one's own. */
export function ConflictDialog({ field, conflict: { edit, latest }, onKeepTheirs, onSaveMine }: ConflictDialogProps) {
  const [mine, setMine] = useState(edit.changes[field] ?? "");
  const name = field === "title" ? "Title" : "Overview";
  return (
    <Dialog title={`${edit.displayId} was changed meanwhile`} onClose={() => undefined} wide insistent>
      <p>Somebody else saved the same field while you were editing. Nothing of yours is lost: choose what stays.</p>
      <section className={styles.pair} aria-label={name}>
        <div className={styles.side}>
          <h3>{name} now</h3>
          {/* A long one is scrolled, by keys as well. */}
          <div className={styles.theirs} role="group" aria-label={`${name} now`} tabIndex={0}>
            {latest.ticket[field]}
          </div>
        </div>
        <div className={styles.side}>
          <h3>Yours</h3>
          <textarea className={`${inputClass} ${styles.mine}`} aria-label={`Your ${field}`} rows={field === "title" ? 2 : 12} value={mine} onChange={(event) => setMine(event.target.value)} />
        </div>
      </section>
      <DialogActions>
        <Button onClick={onKeepTheirs}>Keep theirs</Button>
        <Button kind="primary" onClick={() => onSaveMine(mine)}>
          Save mine
        </Button>
      </DialogActions>
    </Dialog>
  );
}
