import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";

import { BulkBar } from "@/app/routes/bulk-bar";
import styles from "@/app/routes/tickets-page.module.css";
import { treeQuery } from "@/features/cti/api/get-tree";
import { useSession } from "@/features/session/api/get-session";
import { useKnownNodes } from "@/features/tickets/api/known-nodes";
import { ticketsQuery } from "@/features/tickets/api/list-tickets";
import { FilterBar, type FilterProps } from "@/features/tickets/components/filter-bar";
import { FilterChips } from "@/features/tickets/components/filter-chips";
import { TicketList } from "@/features/tickets/components/ticket-list";
import { usersQuery } from "@/features/users/api/list-users";
import { count } from "@/lib/count";
import { emptyTree } from "@/lib/cti";
import { mayEditTickets } from "@/lib/policies";
import { toListQuery, type ListQuery, type TicketSearch } from "@/lib/ticket-search";
import { useTitle } from "@/lib/use-title";

interface TicketsPageProps {
  title: string;
  search: TicketSearch;
  onSearch: FilterProps["onSearch"];
  /** My Tickets. */
  onlyMine?: boolean;
  empty: ReactNode;
}

/** A list of tickets with all that narrows it. */
export function TicketsPage({ title, search, onSearch, onlyMine = false, empty }: TicketsPageProps) {
  useTitle(title);
  const me = useSession();
  const navigate = useNavigate();
  const { data: people = [] } = useQuery(usersQuery);
  const { data: tree = emptyTree } = useQuery(treeQuery);
  const query = toListQuery(onlyMine ? { ...search, assignee: "me" } : search, me.id);
  // Whose they are is no filter there, whatever the address says.
  const filters: FilterProps = { search: onlyMine ? { ...search, assignee: undefined } : search, onSearch, people, nodes: useKnownNodes(tree, query), myId: me.id, assigneeFixed: onlyMine };
  return (
    <div>
      <div className={styles.head} ref={tellHeight}>
        <div className={styles.titleRow}>
          <h1 tabIndex={-1}>{title}</h1>
          <FilterBar {...filters} onOpen={(displayId) => void navigate({ to: "/tickets/$displayId", params: { displayId } })} />
        </div>
        <div className={styles.chipRow}>
          <FilterChips {...filters} />
          <Total query={query} />
        </div>
      </div>
      <TicketList label={title} query={query} selectable={mayEditTickets(me)} empty={empty} />
      <BulkBar me={me} />
    </div>
  );
}

/** How tall the filters are now: what stays in sight below them begins there. */
function tellHeight(filters: HTMLElement | null) {
  if (!filters) return;
  const observer = new ResizeObserver(() => filters.parentElement!.style.setProperty("--filters", `${filters.getBoundingClientRect().height}px`));
  observer.observe(filters);
  return () => observer.disconnect();
}

/** Of the list itself, with which it then cannot disagree. */
function Total({ query }: { query: ListQuery }) {
  const { data, isPlaceholderData } = useInfiniteQuery(ticketsQuery(query));
  const total = isPlaceholderData ? null : data?.pages[0]?.total;
  return <span className={styles.total}>{typeof total === "number" && count(total, "ticket")}</span>;
}
