import { ArrowRight } from "lucide-react";
import { useState } from "react";

import type { CtiPath, Ticket } from "@/api/wire";
import { chosenPath, CtiPicker, noChoice, type CtiChoice } from "@/components/cti-picker";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import styles from "@/features/tickets/components/reroute-dialog.module.css";
import { count } from "@/lib/count";
import { pathText, type CtiTree } from "@/lib/cti";

interface RerouteDialogProps {
  /** One or several. */
  tickets: readonly Ticket[];
  tree: CtiTree;
  onClose: () => void;
  onReroute: (path: CtiPath) => void;
}

/** Chooses another way down the tree, and shows the old beside the new before anything is saved. */
export function RerouteDialog({ tickets, tree, onClose, onReroute }: RerouteDialogProps) {
  const [first] = tickets;
  const items = new Set(tickets.map(({ item }) => item.id));
  const common = items.size === 1 ? first : undefined;
  const [choice, setChoice] = useState<CtiChoice>(common ? { categoryId: common.category.id, typeId: common.type.id, itemId: common.item.id } : noChoice);
  const path = chosenPath(tree, choice);
  const changed = path && path.item.id !== common?.item.id;
  return (
    <Dialog title={`Reroute ${tickets.length === 1 ? first!.displayId : count(tickets.length, "ticket")}`} onClose={onClose} wide>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (changed) onReroute(path);
        }}
      >
        <CtiPicker tree={tree} value={choice} onChange={setChoice} autoFocus />
        <div className={styles.change} aria-live="polite">
          <span className={styles.old}>{common ? pathText(common) : `${items.size} different paths`}</span>
          <ArrowRight aria-label="becomes" />
          <span className={changed ? styles.new : styles.none}>{changed ? pathText(path) : path ? "no change yet" : "choose a type and an item"}</span>
        </div>
        <DialogActions>
          <Button onClick={onClose}>Cancel</Button>
          <Button kind="primary" type="submit" disabled={!changed}>
            Reroute
          </Button>
        </DialogActions>
      </form>
    </Dialog>
  );
}
