import { ArrowRight } from "lucide-react";
import { useState } from "react";

import type { CtiPath, Ticket } from "@/api/wire";
import { chosenPath, CtiPicker, type CtiChoice } from "@/components/cti-picker";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import styles from "@/features/tickets/components/reroute-dialog.module.css";
import { pathText, type CtiTree } from "@/lib/cti";

interface RerouteDialogProps {
  ticket: Ticket;
  tree: CtiTree;
  onClose: () => void;
  onReroute: (path: CtiPath) => void;
}

/** Chooses another way down the tree, and shows the old beside the new before anything is saved. */
export function RerouteDialog({ ticket, tree, onClose, onReroute }: RerouteDialogProps) {
  const [choice, setChoice] = useState<CtiChoice>({ categoryId: ticket.category.id, typeId: ticket.type.id, itemId: ticket.item.id });
  const path = chosenPath(tree, choice);
  const changed = path && path.item.id !== ticket.item.id;
  return (
    <Dialog title={`Reroute ${ticket.displayId}`} onClose={onClose} wide>
      <CtiPicker tree={tree} value={choice} onChange={setChoice} autoFocus />
      <div className={styles.change} aria-live="polite">
        <span className={styles.old}>{pathText(ticket)}</span>
        <ArrowRight aria-label="becomes" />
        <span className={changed ? styles.new : styles.none}>{changed ? pathText(path) : path ? "no change yet" : "choose a type and an item"}</span>
      </div>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" disabled={!changed} onClick={() => changed && onReroute(path)}>
          Reroute
        </Button>
      </DialogActions>
    </Dialog>
  );
}
