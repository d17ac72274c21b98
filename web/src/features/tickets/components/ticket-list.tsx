import { useInfiniteQuery } from "@tanstack/react-query";
import { LoaderCircle } from "lucide-react";
import { useEffect, useMemo, useRef, type ReactNode } from "react";

import { Button } from "@/components/ui/button";
import { ErrorState } from "@/components/ui/states";
import { ticketsQuery } from "@/features/tickets/api/list-tickets";
import { Outdated } from "@/features/tickets/components/outdated";
import styles from "@/features/tickets/components/ticket-list.module.css";
import { TicketTable, TicketTableSkeleton } from "@/features/tickets/components/ticket-table";
import { keepOnly } from "@/features/tickets/selection";
import { useAnnounced } from "@/lib/announce";
import { classNames } from "@/lib/class-names";
import { count, formatNumber } from "@/lib/count";
import type { ListQuery } from "@/lib/ticket-search";
import { useKeptFocus } from "@/lib/use-kept-focus";

interface TicketListProps {
  label: string;
  query: ListQuery;
  selectable: boolean;
  /** What to say and offer when nothing fits. */
  empty: ReactNode;
}

/** The tickets that fit, loaded on as one scrolls; skeleton, error and emptiness included. */
export function TicketList({ label, query, selectable, empty }: TicketListProps) {
  const { data, error, refetch, isPlaceholderData, hasNextPage, fetchNextPage, isFetchingNextPage, isFetchNextPageError } = useInfiniteQuery(ticketsQuery(query));
  // A ticket that was moved between two pages' answers is in both.
  const tickets = useMemo(() => [...new Map(data?.pages.flatMap((page) => page.data).map((ticket) => [ticket.id, ticket])).values()], [data]);
  useEffect(() => keepOnly(tickets.map(({ displayId }) => displayId)), [tickets]);
  useEffect(() => () => keepOnly([]), []);
  useKeptFocus(Number(error !== null));
  const total = data && (data.pages[0]?.total ?? tickets.length);
  useAnnounced(isPlaceholderData || total === undefined ? null : count(total, "ticket"), data?.pages[0]?.asked);

  if (!data) return error ? <ErrorState what="The tickets" error={error} retry={() => void refetch()} /> : <TicketTableSkeleton />;
  if (total === 0 && !isPlaceholderData) return empty;
  const { asked } = data.pages[0]!;
  return (
    <div className={styles.list} data-stale={isPlaceholderData || undefined} aria-busy={isPlaceholderData}>
      {error && !isFetchNextPageError && <Outdated what="This list" error={error} retry={() => void refetch()} />}
      <TicketTable key={JSON.stringify(asked)} label={label} tickets={tickets} total={total ?? tickets.length} search={asked.search} selectable={selectable} />
      <LoadMore
        more={hasNextPage}
        busy={isFetchingNextPage}
        failed={isFetchNextPageError}
        load={() => void fetchNextPage()}
        shown={tickets.length}
        total={total ?? 0}
      />
      {hasNextPage && <p className={classNames("on-paper", styles.paper)}>{`${formatNumber(tickets.length)} of ${count(total ?? 0, "ticket")}`}</p>}
    </div>
  );
}

interface LoadMoreProps {
  more: boolean;
  busy: boolean;
  failed: boolean;
  load: () => void;
  shown: number;
  total: number;
}

/** Loads by itself when it comes near; a button for the keyboard and after a failure. */
function LoadMore({ more, busy, failed, load, shown, total }: LoadMoreProps) {
  const end = useRef<HTMLDivElement>(null);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });
  const automatic = more && !busy && !failed;
  useEffect(() => {
    if (!automatic || !end.current) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && latest.current(), { rootMargin: "600px" });
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [automatic]);
  return (
    <div className={styles.end} ref={end}>
      {more ? (
        <Button kind="quiet" busy={busy} icon={busy ? <LoaderCircle className={styles.spin} /> : undefined} onClick={load}>
          {failed ? "Loading more failed. Retry" : `Load more (${formatNumber(shown)} of ${formatNumber(total)})`}
        </Button>
      ) : (
        <span>{shown > 30 && `That is all: ${count(shown, "ticket")}.`}</span>
      )}
    </div>
  );
}
