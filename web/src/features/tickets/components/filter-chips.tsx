import { X } from "lucide-react";

import type { Nodes } from "@/features/tickets/api/known-nodes";
import type { FilterProps } from "@/features/tickets/components/filter-bar";
import styles from "@/features/tickets/components/filter-chips.module.css";
import { emptyTree } from "@/lib/cti";
import { severityLabel } from "@/lib/severity";
import { statusLabel } from "@/lib/status";
import { isNarrowed, unassigned, type TicketSearch } from "@/lib/ticket-search";

interface Chip {
  text: string;
  without: Partial<TicketSearch>;
}

/** What the list is narrowed by, each part removable. */
export function FilterChips(props: FilterProps) {
  const { search, onSearch } = props;
  return (
    <ul className={styles.chips} aria-label="Filters in use">
      {chips(props).map(({ text, without }) => (
        <li key={text}>
          <button type="button" className={styles.chip} onClick={() => onSearch({ ...search, ...without })} aria-label={`Remove filter ${text}`}>
            <span>{text}</span>
            <X aria-hidden="true" />
          </button>
        </li>
      ))}
      {isNarrowed(search) && (
        <li>
          <button type="button" className={styles.clear} onClick={() => onSearch({})}>
            Clear all
          </button>
        </li>
      )}
    </ul>
  );
}

function chips({ search, people, nodes, myId }: FilterProps): Chip[] {
  // What is on its way has no name yet, and what is deleted none but by tickets that tell it.
  const nodeName = (level: keyof Nodes, id: string) => nodes[level].find((node) => node.id === id)?.name ?? (nodes === emptyTree ? "…" : "unknown");
  const personName = (id: string) => (id === "me" || id === myId ? "me" : (people.find((person) => person.id === id)?.displayName ?? (people.length === 0 ? "…" : "unknown")));
  const found: (Chip | false | undefined | "")[] = [
    statusChip(search.status),
    search.severity && { text: search.severity.map(severityLabel).join(", "), without: { severity: undefined } },
    search.queue && { text: `Queue: ${nodeName("categories", search.queue)}`, without: { queue: undefined } },
    search.type && { text: `Type: ${nodeName("types", search.type)}`, without: { type: undefined } },
    search.item && { text: `Item: ${nodeName("items", search.item)}`, without: { item: undefined } },
    search.assignee && { text: search.assignee === unassigned ? "Unassigned" : `Assignee: ${personName(search.assignee)}`, without: { assignee: undefined } },
    search.q && { text: `“${search.q}”`, without: { q: undefined } },
  ];
  return found.filter((chip) => typeof chip === "object");
}

function statusChip(status: TicketSearch["status"]): Chip | false {
  if (status === "any") return false;
  if (status === undefined) return { text: "Not closed", without: { status: "any" } };
  return { text: status.map(statusLabel).join(", "), without: { status: "any" } };
}
