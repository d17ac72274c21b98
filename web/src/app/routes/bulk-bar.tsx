import { X } from "lucide-react";

import type { SessionUser } from "@/api/wire";
import styles from "@/app/routes/bulk-bar.module.css";
import { openPalette } from "@/app/shell/overlays";
import { useTicketActions } from "@/app/use-ticket-actions";
import { SeverityBadge } from "@/components/ui/badge";
import { Button, buttonClass, IconButton } from "@/components/ui/button";
import { PickMenu } from "@/components/ui/menu";
import { clearSelection, selectedTickets, selectLimit, selectShown, useShownCount } from "@/features/tickets/selection";
import { count } from "@/lib/count";
import { parseSeverity, severities, severityLabel, severityName } from "@/lib/severity";
import { useShortcuts } from "@/lib/shortcuts";
import { useKeptFocus } from "@/lib/use-kept-focus";

/** What can be done to the selected tickets together. */
export function BulkBar({ me }: { me: SessionUser }) {
  const selected = selectedTickets.useValue();
  const shown = useShownCount();
  const { apply } = useTicketActions();
  useShortcuts({ Escape: () => (selected.length > 0 ? clearSelection() : false) });
  useKeptFocus(Number(selected.length > 0));
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
        choices={severities.map((severity) => ({
          id: String(severity),
          text: `${severityLabel(severity)} ${severityName(severity)}`,
          content: (
            <>
              <SeverityBadge severity={severity} /> {severityName(severity)}
            </>
          ),
        }))}
        chosen={[]}
        onChoose={([id]) => void apply(selected, { severity: parseSeverity(id) })}
      />
      <IconButton label="Clear selection" icon={<X />} onClick={clearSelection} />
    </div>
  );
}
