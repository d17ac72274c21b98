import { useQueryClient } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";

import type { SessionUser } from "@/api/wire";
import styles from "@/app/routes/bulk-bar.module.css";
import { openPalette } from "@/app/shell/overlays";
import { useTicketActions } from "@/app/use-ticket-actions";
import { severityChoices } from "@/components/severity-choices";
import { Button, buttonClass, IconButton } from "@/components/ui/button";
import { later } from "@/components/ui/later";
import { PickMenu } from "@/components/ui/menu";
import { seenTicket, type SeenTicket } from "@/features/tickets/api/get-ticket";
import { clearSelection, selectedTickets, selectLimit, selectShown, useShownCount } from "@/features/tickets/selection";
import { count } from "@/lib/count";
import type { CtiTree } from "@/lib/cti";
import { parseSeverity } from "@/lib/severity";
import { useShortcuts } from "@/lib/shortcuts";
import { useKeptFocus } from "@/lib/use-kept-focus";

const RerouteDialog = later(() => import("@/features/tickets/components/reroute-dialog").then((module) => module.RerouteDialog));

/** What can be done to the selected tickets together. */
export function BulkBar({ me, tree }: { me: SessionUser; tree: CtiTree }) {
  const selected = selectedTickets.useValue();
  const shown = useShownCount();
  const { apply } = useTicketActions();
  const client = useQueryClient();
  // As they were when one began: a choice of where to takes longer than a list stays as it is.
  const [rerouting, setRerouting] = useState<readonly SeenTicket[] | null>(null);
  useShortcuts({ Escape: () => (selected.length > 0 ? clearSelection() : false) });
  useKeptFocus(Number(selected.length > 0) + Number(rerouting !== null));
  return (
    <>
      {selected.length > 0 && (
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
          <Button onClick={() => setRerouting(selected.map((displayId) => seenTicket(client, displayId)).filter((seen) => seen !== undefined))}>Reroute</Button>
          <IconButton label="Clear selection" icon={<X />} onClick={clearSelection} />
        </div>
      )}
      {rerouting && (
        <RerouteDialog
          tickets={rerouting.map(({ ticket }) => ticket)}
          tree={tree}
          onClose={() => setRerouting(null)}
          onReroute={(path) => {
            setRerouting(null);
            void apply(rerouting.map(({ ticket }) => ticket.displayId), { path }, rerouting);
          }}
        />
      )}
    </>
  );
}
