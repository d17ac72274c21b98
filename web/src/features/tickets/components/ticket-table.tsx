import { Fragment, memo, useEffect, useRef } from "react";

import type { Reply } from "@/api/client";
import type { Ticket } from "@/api/wire";
import { skeletonClass } from "@/components/ui/states";
import { TicketRow } from "@/features/tickets/components/ticket-row";
import styles from "@/features/tickets/components/ticket-table.module.css";
import { keepOnly, selectedTickets, takeOpened, toggleSelected } from "@/features/tickets/selection";
import { useShortcuts } from "@/lib/shortcuts";

interface TicketTableProps {
  label: string;
  pages: readonly Reply<Ticket[]>[];
  search?: string;
  selectable: boolean;
}

/** The list itself: a table to those who listen, dense rows or cards to those who look. */
export function TicketTable({ label, pages, search, selectable }: TicketTableProps) {
  const body = useRef<HTMLTableElement>(null);
  const selected = selectedTickets.useValue();
  useRowKeys(body, selectable);
  useReturnToRow(body);
  useEffect(() => keepOnly(pages.flatMap((page) => page.data.map(({ displayId }) => displayId))), [pages]);
  useEffect(() => () => keepOnly([]), []);
  return (
    <table role="table" aria-label={label} className={styles.table} ref={body}>
      <TableHead />
      <tbody role="rowgroup">
        {pages.map(({ data }, index) => (
          <Page key={index} tickets={data} search={search} selectable={selectable} selected={selected} />
        ))}
      </tbody>
    </table>
  );
}

function TableHead() {
  return (
    <thead role="rowgroup">
      <tr role="row" className={styles.head}>
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

/** A page that did not change is not drawn again when the next one arrives. */
const Page = memo(function Page({ tickets, search, selectable, selected }: Omit<TicketTableProps, "label" | "pages"> & { tickets: Ticket[]; selected: readonly string[] }) {
  return (
    <Fragment>
      {tickets.map((ticket) => (
        <TicketRow key={ticket.id} ticket={ticket} search={search} selectable={selectable} selected={selected.includes(ticket.displayId)} />
      ))}
    </Fragment>
  );
});

/** The focus itself walks the rows, so that Enter, Tab and screen readers need no second notion of "current". */
function useRowKeys(table: React.RefObject<HTMLTableElement | null>, selectable: boolean): void {
  const move = (step: 1 | -1) => {
    const links = [...(table.current?.querySelectorAll<HTMLElement>("[data-row-link]") ?? [])];
    const row = document.activeElement?.closest("tr");
    const index = links.findIndex((link) => row?.contains(link));
    const next = links[index === -1 ? 0 : index + step];
    next?.focus();
    next?.closest("tr")?.scrollIntoView({ block: "nearest" });
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

/** Coming back from a ticket, the focus returns to its row. */
function useReturnToRow(table: React.RefObject<HTMLTableElement | null>): void {
  useEffect(() => {
    const displayId = takeOpened();
    if (!displayId) return;
    const row = table.current?.querySelector(`tr[data-ticket="${CSS.escape(displayId)}"]`);
    row?.querySelector<HTMLElement>("[data-row-link]")?.focus({ preventScroll: true });
  }, [table]);
}

/** As tall as what will come, so that nothing jumps. */
export function TicketTableSkeleton() {
  return (
    <div className={styles.table} role="status" aria-label="Loading tickets">
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
