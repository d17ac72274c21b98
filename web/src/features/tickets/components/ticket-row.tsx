import { Link } from "@tanstack/react-router";
import { MessageSquare, MessageSquareWarning } from "lucide-react";
import { memo } from "react";

import type { Ticket } from "@/api/wire";
import { Avatar } from "@/components/ui/avatar";
import { SeverityBadge, StatusBadge } from "@/components/ui/badge";
import { Highlighted } from "@/components/ui/highlighted";
import { Time } from "@/components/ui/time";
import styles from "@/features/tickets/components/ticket-table.module.css";
import { focusedTicket, toggleSelected } from "@/features/tickets/selection";
import { classNames } from "@/lib/class-names";
import { count } from "@/lib/count";
import { pathText } from "@/lib/cti";
import { excerpt } from "@/lib/highlight";
import { isDone } from "@/lib/status";

interface TicketRowProps {
  ticket: Ticket;
  /** Of all rows of the table, its head being the first: not all of them are drawn. */
  index: number;
  search?: string;
  selectable: boolean;
  selected: boolean;
}

export const TicketRow = memo(function TicketRow({ ticket, index, search, selectable, selected }: TicketRowProps) {
  return (
    <tr
      role="row"
      aria-rowindex={index}
      className={classNames(styles.row, isDone(ticket.status) ? styles.done : ticket.severity === 1 && styles.critical)}
      data-ticket={ticket.displayId}
      data-selected={selected || undefined}
      onFocus={() => focusedTicket.set(ticket.displayId)}
      onBlur={({ relatedTarget }) => comesBack(relatedTarget) || focusedTicket.set(null)}
    >
      <td role="cell" className={styles.select}>
        {selectable && (
          <label className={styles.checkbox}>
            <input type="checkbox" aria-label={`Select ${ticket.displayId}`} checked={selected} onChange={() => toggleSelected(ticket.displayId)} />
          </label>
        )}
      </td>
      <td role="cell" className={styles.severity}>
        <SeverityBadge severity={ticket.severity} />
      </td>
      <td role="cell" className={styles.id}>
        <Highlighted text={ticket.displayId} search={search} />
      </td>
      <th role="rowheader" scope="row" className={styles.subject}>
        <Link to="/tickets/$displayId" params={{ displayId: ticket.displayId }} preload="intent" className={styles.title} title={ticket.title} data-row-link>
          <Highlighted text={ticket.title} search={search} />
        </Link>
        <Excerpt ticket={ticket} search={search} />
      </th>
      <td role="cell" className={styles.queue}>
        <QueuePath ticket={ticket} />
      </td>
      <td role="cell" className={styles.status}>
        <StatusBadge status={ticket.status} />
      </td>
      <td role="cell" className={styles.assignee}>
        {ticket.assignee ? (
          <Avatar person={ticket.assignee} label={ticket.assignee.displayName + (ticket.assignee.deleted ? " (deleted)" : "")} />
        ) : (
          <span className={styles.unassigned} role="img" aria-label="Unassigned" title="Unassigned" />
        )}
      </td>
      <td role="cell" className={styles.comments}>
        {ticket._count.comments > 0 && <Comments ticket={ticket} />}
      </td>
      <td role="cell" className={styles.age}>
        <Time value={ticket.createdAt} as="age" />
      </td>
    </tr>
  );
});

/** The focus, from another window or from what lies over the page: until then, the row is the one that it was. */
const comesBack = (to: Element | null) => !document.hasFocus() || to?.closest("[role=dialog], [role=alertdialog]");

/** How many there are, and whether somebody has commented on what was taken for resolved. */
function Comments({ ticket }: { ticket: Ticket }) {
  const unanswered = ticket.status === "RESOLVED" && ticket.commentedSinceResolved;
  const told = count(ticket._count.comments, "comment") + (unanswered ? ", unanswered since it was resolved" : "");
  return (
    <span title={told} className={classNames(unanswered && styles.unanswered)}>
      {unanswered ? <MessageSquareWarning aria-hidden="true" /> : <MessageSquare aria-hidden="true" />}
      <span aria-hidden="true">{ticket._count.comments}</span>
      <span className="visually-hidden">{told}</span>
    </span>
  );
}

function QueuePath({ ticket }: { ticket: Ticket }) {
  return (
    <span className={styles.path} title={pathText(ticket)}>
      {[ticket.category, ticket.type, ticket.item].map((node, index) => (
        <span key={index} className={classNames(node.deleted && styles.deleted)}>
          {index > 0 && <span className={styles.separator}> › </span>}
          {node.name}
        </span>
      ))}
    </span>
  );
}

/** Where the search was found, as far as the title does not show it. */
function Excerpt({ ticket, search }: { ticket: Ticket; search?: string }) {
  const text = search && excerpt(ticket.overview, search, `${ticket.title} ${ticket.displayId}`);
  return (
    text && (
      <span className={styles.excerpt}>
        <Highlighted text={text} search={search} />
      </span>
    )
  );
}
