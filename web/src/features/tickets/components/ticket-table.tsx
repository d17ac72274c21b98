import { useRouter } from "@tanstack/react-router";
import { useRef, type RefObject } from "react";

import type { Ticket } from "@/api/wire";
import { skeletonClass } from "@/components/ui/states";
import { SteadyRows } from "@/features/tickets/components/steady-rows";
import { TicketRow } from "@/features/tickets/components/ticket-row";
import styles from "@/features/tickets/components/ticket-table.module.css";
import { useAnchor } from "@/features/tickets/components/use-anchor";
import { useBlocks } from "@/features/tickets/components/use-blocks";
import { firstSeen, placeOf, usePlace } from "@/features/tickets/components/use-place";
import { focusedTicket, selectedTickets, toggleSelected } from "@/features/tickets/selection";
import { useShortcuts } from "@/lib/shortcuts";

interface TicketTableProps {
  label: string;
  tickets: readonly Ticket[];
  /** How many there are, also of those that are not loaded. */
  total: number;
  search?: string;
  selectable: boolean;
}

/** The list itself: a table to those who listen, dense rows or cards to those who look. */
export function TicketTable({ label, tickets, total, search, selectable }: TicketTableProps) {
  const table = useRef<HTMLTableElement>(null);
  const selected = selectedTickets.useValue();
  const router = useRouter();
  const held = focusedTicket.useValue() ?? placeOf(router.latestLocation)?.displayId;
  const blocks = useBlocks(table, tickets, ({ displayId }) => displayId === held);
  useRowKeys(table, selectable);
  usePlace(table);
  useAnchor(table);
  return (
    <table role="table" aria-label={label} aria-rowcount={total + 1} className={styles.table} ref={table}>
      <TableHead />
      <SteadyRows table={table} tickets={tickets} drawn={blocks.map(({ drawn, height }) => (drawn ? "all" : height)).join()}>
        {blocks.map(({ members, start, drawn, height }) =>
          drawn ? (
            <tbody key={start} role="rowgroup">
              {members.map((ticket, index) => (
                <TicketRow key={ticket.id} index={start + index + 2} ticket={ticket} search={search} selectable={selectable} selected={selected.includes(ticket.displayId)} />
              ))}
            </tbody>
          ) : (
            <tbody key={start} role="presentation" style={{ height }} />
          ),
        )}
      </SteadyRows>
    </table>
  );
}

function TableHead() {
  return (
    <thead role="rowgroup">
      <tr role="row" aria-rowindex={1} className={styles.head}>
        <th role="columnheader" scope="col" className={styles.select}>
          <span className="visually-hidden">Select</span>
        </th>
        <th role="columnheader" scope="col" className={styles.severity}>
          Severity
        </th>
        <th role="columnheader" scope="col" className={styles.id}>
          Ticket
        </th>
        <th role="columnheader" scope="col" className={styles.subject}>
          Title
        </th>
        <th role="columnheader" scope="col" className={styles.queue}>
          Queue
        </th>
        <th role="columnheader" scope="col" className={styles.status}>
          Status
        </th>
        <th role="columnheader" scope="col" className={styles.assignee}>
          <span className="visually-hidden">Assignee</span>
        </th>
        <th role="columnheader" scope="col" className={styles.comments}>
          <span className="visually-hidden">Comments</span>
        </th>
        <th role="columnheader" scope="col" className={styles.age}>
          Age
        </th>
      </tr>
    </thead>
  );
}

/** The focus itself walks the rows, so that Enter, Tab and screen readers need no second notion of "current". */
function useRowKeys(table: RefObject<HTMLTableElement | null>, selectable: boolean): void {
  const move = (step: 1 | -1) => {
    const rows = [...(table.current?.querySelectorAll<HTMLElement>("[data-ticket]") ?? [])];
    const index = rows.findIndex((row) => row.contains(document.activeElement));
    const next = index === -1 ? firstSeen(table) : rows[index + step];
    next?.querySelector<HTMLElement>("[data-row-link]")?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  useShortcuts({
    j: () => move(1),
    k: () => move(-1),
    x: () => {
      const row = document.activeElement?.closest<HTMLElement>("tr[data-ticket]");
      if (!row || !selectable) return false;
      toggleSelected(row.dataset.ticket!);
    },
  });
}

/** As tall as what will come, so that nothing jumps. */
export function TicketTableSkeleton() {
  return (
    <div role="status" aria-label="Loading tickets">
      <table aria-hidden="true" className={styles.table}>
        <TableHead />
      </table>
      {Array.from({ length: 14 }, (_, index) => (
        <div key={index} className={styles.row} aria-hidden="true">
          <span className={styles.select} />
          <span className={styles.severity}>
            <span className={`${skeletonClass} ${styles.block}`} />
          </span>
          <span className={styles.id}>
            <span className={`${skeletonClass} ${styles.block}`} />
          </span>
          <span className={styles.subject}>
            <span className={`${skeletonClass} ${styles[`line${index % 3}`]}`} />
          </span>
        </div>
      ))}
    </div>
  );
}
