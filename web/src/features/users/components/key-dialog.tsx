import { useState } from "react";

import { Button } from "@/components/ui/button";
import { CopyButton } from "@/components/ui/copy-button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import styles from "@/features/users/components/key-dialog.module.css";

/** Shows a new API key once; it goes only when one says to have kept it. */
export function KeyDialog({ name, apiKey, onClose }: { name: string; apiKey: string; onClose: () => void }) {
  const [kept, setKept] = useState(false);
  return (
    <Dialog title={`API key of ${name}`} onClose={onClose} insistent>
      <p>
        Copy it now: it is shown this once and cannot be looked up again. Send it in the header <code>X-Api-Key</code>.
      </p>
      <div className={styles.key}>
        <code>{apiKey}</code>
        <CopyButton text={apiKey} what="API key" />
      </div>
      <label className={styles.kept}>
        <input type="checkbox" checked={kept} onChange={(event) => setKept(event.target.checked)} /> I saved it
      </label>
      <DialogActions>
        <Button kind="primary" disabled={!kept} onClick={onClose}>
          Done
        </Button>
      </DialogActions>
    </Dialog>
  );
}
