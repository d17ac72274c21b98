import { ChevronDown, Search, X } from "lucide-react";
import { useEffect, useRef, useState, type SyntheticEvent } from "react";

import type { User } from "@/api/wire";
import { severityChoices } from "@/components/severity-choices";
import { Avatar } from "@/components/ui/avatar";
import { StatusBadge } from "@/components/ui/badge";
import { IconButton } from "@/components/ui/button";
import { PickMenu } from "@/components/ui/menu";
import type { Choice } from "@/components/ui/menu-list";
import { SearchPick } from "@/components/ui/search-pick";
import type { Nodes } from "@/features/tickets/api/known-nodes";
import styles from "@/features/tickets/components/filter-bar.module.css";
import { classNames } from "@/lib/class-names";
import { sortedByName } from "@/lib/cti";
import { asDisplayId } from "@/lib/display-id";
import { assignable } from "@/lib/person";
import { useShortcuts } from "@/lib/shortcuts";
import { notClosed, parseStatus, statuses, statusLabel } from "@/lib/status";
import { parseSeverities, unassigned, type TicketSearch } from "@/lib/ticket-search";
import { useDebounced } from "@/lib/use-debounced";

export interface FilterProps {
  search: TicketSearch;
  onSearch: (next: TicketSearch, options?: { replace: boolean }) => void;
  people: readonly User[];
  nodes: Nodes;
  myId: string;
  /** My Tickets: whose they are is settled. */
  assigneeFixed?: boolean;
}

export function FilterBar({ onOpen, ...props }: FilterProps & { onOpen: (displayId: string) => void }) {
  const { search, onSearch, nodes, assigneeFixed } = props;
  return (
    <div className={styles.bar} role="search" aria-label="Filter tickets">
      <SearchBox search={search} onSearch={onSearch} onOpen={onOpen} />
      <div className={styles.menus}>
        <SearchPick
          label="Queue"
          trigger={<FilterFace text="Queue" on={Boolean(search.queue)} />}
          triggerClass={styles.trigger}
          choices={[{ id: "all", text: "All queues" }, ...sortedByName(nodes.categories).map(({ id, name }) => ({ id, text: name }))]}
          chosen={search.queue ?? "all"}
          onChoose={(id) => onSearch({ ...search, queue: id === "all" ? undefined : id, type: undefined, item: undefined })}
        />
        <PickMenu
          label="Status"
          trigger={<FilterFace text="Status" on={search.status !== undefined} />}
          triggerClass={styles.trigger}
          choices={statuses.map((status) => ({ id: status, text: statusLabel(status), content: <StatusBadge status={status} /> }))}
          chosen={search.status === "any" ? statuses : (search.status ?? notClosed)}
          onChoose={(chosen) => onSearch({ ...search, status: toStatusFilter(chosen) })}
          multiple
        />
        <PickMenu
          label="Severity"
          trigger={<FilterFace text="Severity" on={Boolean(search.severity)} />}
          triggerClass={styles.trigger}
          choices={severityChoices()}
          chosen={(search.severity ?? []).map(String)}
          onChoose={(chosen) => onSearch({ ...search, severity: parseSeverities(chosen) })}
          multiple
        />
        {!assigneeFixed && <AssigneeFilter {...props} />}
      </div>
    </div>
  );
}

function FilterFace({ text, on }: { text: string; on: boolean }) {
  return (
    <span className={classNames(styles.face, on && styles.on)}>
      {text} <ChevronDown aria-hidden="true" />
    </span>
  );
}

function AssigneeFilter({ search, onSearch, people, myId }: FilterProps) {
  const { staff, others } = assignable(people.filter((person) => person.id !== myId));
  const toChoice = (section: string) => (person: User): Choice => ({
    id: person.id,
    text: person.displayName,
    section,
    content: (
      <>
        <Avatar person={person} /> {person.displayName}
      </>
    ),
  });
  return (
    <SearchPick
      label="Assignee"
      trigger={<FilterFace text="Assignee" on={Boolean(search.assignee)} />}
      triggerClass={styles.trigger}
      choices={[{ id: "all", text: "Anybody" }, { id: "me", text: "Me" }, { id: unassigned, text: "Unassigned" }, ...staff.map(toChoice("Staff")), ...others.map(toChoice("Others"))]}
      chosen={search.assignee === myId ? "me" : (search.assignee ?? "all")}
      onChoose={(id) => onSearch({ ...search, assignee: id === "all" ? undefined : id })}
    />
  );
}

function toStatusFilter(chosen: readonly string[]): TicketSearch["status"] {
  const picked = statuses.filter((status) => chosen.includes(status));
  if (picked.length === statuses.length) return "any";
  const usual = picked.length === notClosed.length && !picked.includes("CLOSED");
  return picked.length === 0 || usual ? undefined : picked.map((status) => parseStatus(status)!);
}

function SearchBox({ search, onSearch, onOpen }: Pick<FilterProps, "search" | "onSearch"> & { onOpen: (displayId: string) => void }) {
  const [text, setText] = useState(search.q ?? "");
  const [shownFor, setShownFor] = useState(search.q);
  const [applied, setApplied] = useState(search.q ?? "");
  if (search.q !== shownFor) {
    setShownFor(search.q);
    // By other means than this box, whose own words come back when it may hold more of them: back, a chip removed.
    if ((search.q ?? "") !== applied) {
      setApplied(search.q ?? "");
      setText(search.q ?? "");
    }
  }
  const settled = useDebounced(text, 250).trim();
  const latest = useRef({ search, onSearch });
  useEffect(() => {
    latest.current = { search, onSearch };
  });
  // On the way to a ticket, what was typed is no search any more: it would call the person back.
  const leaving = useRef(false);
  const open = (displayId: string) => {
    leaving.current = true;
    onOpen(displayId);
  };
  useEffect(() => {
    if (leaving.current) return;
    const { search: current, onSearch: apply } = latest.current;
    if (settled === (current.q ?? "")) return;
    setApplied(settled);
    // Typing on refines one search; it is one step for the back button.
    apply({ ...current, q: settled || undefined }, { replace: Boolean(current.q) });
  }, [settled]);

  const box = useRef<HTMLInputElement>(null);
  useShortcuts({ "/": () => box.current?.focus() });

  const type = (event: SyntheticEvent<HTMLInputElement>) => {
    const value = event.currentTarget.value;
    const pasted = (event.nativeEvent as InputEvent).inputType === "insertFromPaste";
    const displayId = asDisplayId(value);
    if (pasted && displayId) return open(displayId);
    leaving.current = false;
    setText(value);
  };
  return (
    <div className={styles.search}>
      <Search aria-hidden="true" />
      <input
        ref={box}
        type="search"
        aria-label="Search tickets"
        aria-keyshortcuts="/"
        placeholder="Search titles, texts and V-numbers"
        value={text}
        onInput={type}
        onKeyDown={(event) => {
          const displayId = asDisplayId(text);
          if (event.key === "Enter" && displayId) open(displayId);
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      {text ? <IconButton label="Clear search" icon={<X />} onClick={() => setText("")} /> : <kbd aria-hidden="true">/</kbd>}
    </div>
  );
}
