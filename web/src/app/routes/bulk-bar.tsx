import { X } from "lucide-react";

import type { SessionUser } from "@/api/wire";
import styles from "@/app/routes/bulk-bar.module.css";
import { openPalette } from "@/app/shell/overlays";
import { useTicketActions } from "@/app/use-ticket-actions";
import { Button, IconButton } from "@/components/ui/button";
import { clearSelection, selectedTickets } from "@/features/tickets/selection";
import { count } from "@/lib/count";
import { useShortcuts } from "@/lib/shortcuts";

/** What can be done to the selected tickets together. */
export function BulkBar({ me }: { me: SessionUser }) {
  const selected = selectedTickets.useValue();
  const { apply } = useTicketActions();
  useShortcuts({ Escape: () => (selected.length > 0 ? clearSelection() : false) });
  if (selected.length === 0) return null;
  return (
    <div className={styles.bar} role="toolbar" aria-label="Selected tickets">
      <strong>{count(selected.length, "ticket")} selected</strong>
      <Button onClick={() => openPalette("assign", selected)}>
        Assign <kbd>a</kbd>
      </Button>
      <Button onClick={() => void apply(selected, { assignee: me })}>Assign to me</Button>
      <Button onClick={() => openPalette("status", selected)}>
        Status <kbd>s</kbd>
      </Button>
      <IconButton label="Clear selection" icon={<X />} onClick={clearSelection} />
    </div>
  );
}
