import { useQuery } from "@tanstack/react-query";
import { ArrowRight } from "lucide-react";
import { useState } from "react";

import styles from "@/app/shell/reroute-dialog.module.css";
import { useTicketActions } from "@/app/use-ticket-actions";
import { chosenPath, CtiPicker, noChoice, type CtiChoice } from "@/components/cti-picker";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { treeQuery } from "@/features/cti/api/get-tree";
import type { SeenTicket } from "@/features/tickets/api/get-ticket";
import { count } from "@/lib/count";
import { emptyTree, pathText } from "@/lib/cti";

interface RerouteDialogProps {
  /** One or several, as they were when one began. */
  seen: readonly SeenTicket[];
  onClose: () => void;
}

/** Chooses another way down the tree, and shows the old beside the new before anything is saved. */
export function RerouteDialog({ seen, onClose }: RerouteDialogProps) {
  const { data: tree = emptyTree } = useQuery(treeQuery);
  const { apply } = useTicketActions();
  const tickets = seen.map(({ ticket }) => ticket);
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
          if (!changed) return;
          onClose();
          void apply(tickets.map(({ displayId }) => displayId), { path }, seen);
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
