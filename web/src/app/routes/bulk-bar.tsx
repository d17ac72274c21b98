import { X } from "lucide-react";

import type { SessionUser } from "@/api/wire";
import styles from "@/app/routes/bulk-bar.module.css";
import { openPalette, openReroute, overlay } from "@/app/shell/overlays";
import { useTicketActions } from "@/app/use-ticket-actions";
import { severityChoices } from "@/components/severity-choices";
import { Button, buttonClass, IconButton } from "@/components/ui/button";
import { PickMenu } from "@/components/ui/menu";
import { clearSelection, selectedTickets, selectLimit, selectShown, useShownCount } from "@/features/tickets/selection";
import { count } from "@/lib/count";
import { parseSeverity } from "@/lib/severity";
import { useShortcuts } from "@/lib/shortcuts";
import { useKeptFocus } from "@/lib/use-kept-focus";

/** What can be done to the selected tickets together. */
export function BulkBar({ me }: { me: SessionUser }) {
  const selected = selectedTickets.useValue();
  const shown = useShownCount();
  const { apply, seen } = useTicketActions();
  useShortcuts({ Escape: () => (selected.length > 0 ? clearSelection() : false) });
  // What opened over the page may outlast the button that opened it.
  useKeptFocus(Number(selected.length > 0) + Number(overlay.useValue() !== null));
  if (selected.length === 0) return null;
  return (
    <div className={styles.bar} role="toolbar" aria-label="Selected tickets" data-bottom-bar>
      <strong>{count(selected.length, "ticket")} selected</strong>
      {selected.length < Math.min(shown, selectLimit) && <Button onClick={selectShown}>{shown > selectLimit ? `Select ${selectLimit - selected.length} more` : `Select all ${shown} shown`}</Button>}
      <Button onClick={() => openPalette("assign", selected)}>
        Assign <kbd>a</kbd>
      </Button>
      <Button onClick={() => void apply(selected, { assignee: me })}>Assign to me</Button>
      <Button onClick={() => openPalette("status", selected)}>
        Status <kbd>s</kbd>
      </Button>
      <PickMenu
        label="Severity"
        trigger="Severity"
        triggerClass={buttonClass()}
        choices={severityChoices()}
        chosen={[]}
        onChoose={([id]) => void apply(selected, { severity: parseSeverity(id) })}
      />
      <Button onClick={() => openReroute(seen(selected))}>
        Reroute <kbd>m</kbd>
      </Button>
      <IconButton label="Clear selection" icon={<X />} onClick={clearSelection} />
    </div>
  );
}
