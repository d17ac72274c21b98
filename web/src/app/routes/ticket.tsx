import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import { useEffect } from "react";

import { ApiProblem } from "@/api/client";
import type { Ticket } from "@/api/wire";
import { PageNotFound } from "@/app/shell/page-states";
import { KeptTexts } from "@/app/routes/kept-texts";
import { TicketView } from "@/app/routes/ticket-view";
import styles from "@/app/routes/ticket-view.module.css";
import { SeverityBadge } from "@/components/ui/badge";
import { ErrorState, Skeleton } from "@/components/ui/states";
import { useSession } from "@/features/session/api/get-session";
import { ticketFromLists, ticketQuery } from "@/features/tickets/api/get-ticket";
import { Outdated } from "@/features/tickets/components/outdated";
import { usersQuery } from "@/features/users/api/list-users";
import { announce } from "@/lib/announce";
import { useTitle } from "@/lib/use-title";

export function TicketPage() {
  const { displayId } = useParams({ from: "/shell/tickets/$displayId" });
  const me = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { data: snapshot, error, refetch } = useQuery(ticketQuery(displayId));
  const { data: people = [] } = useQuery(usersQuery);
  useTitle(snapshot ? `${snapshot.ticket.displayId} ${snapshot.ticket.title}` : displayId);

  const isGone = error instanceof ApiProblem && error.status === 404;
  const wasDeleted = isGone && snapshot !== undefined;
  useEffect(() => {
    if (wasDeleted) announce(`Ticket ${displayId} was deleted`, "assertive");
  }, [wasDeleted, displayId]);

  if (isGone) {
    return (
      <>
        <PageNotFound what={`Ticket ${displayId}`} deleted={wasDeleted} />
        <KeptTexts displayId={displayId} userId={me.id} />
      </>
    );
  }
  const retry = () => void refetch();
  if (snapshot) {
    return (
      <>
        {error && <Outdated what="This ticket" error={error} retry={retry} />}
        <TicketView key={displayId} snapshot={snapshot} me={me} people={people} onDeleted={() => void navigate({ to: "/", replace: true })} />
      </>
    );
  }
  if (error) {
    return (
      <>
        <h1 className="visually-hidden" tabIndex={-1}>
          {displayId}
        </h1>
        <ErrorState what={`Ticket ${displayId}`} error={error} retry={retry} />
      </>
    );
  }
  return <TicketSkeleton displayId={displayId} known={ticketFromLists(client, displayId)} />;
}

/** Shows what the list already knew; every page has a heading, also before it is there. */
function TicketSkeleton({ displayId, known }: { displayId: string; known: Ticket | undefined }) {
  return (
    <div className={styles.page} role="status" aria-label="Loading the ticket">
      <div className={styles.bar}>{known && <SeverityBadge severity={known.severity} />}</div>
      <div className={styles.columns}>
        <div className={styles.title}>
          <h1 className={known ? styles.loadingTitle : "visually-hidden"}>{known ? known.title : displayId}</h1>
        </div>
        <div className={styles.body}>
          <Skeleton lines={7} />
        </div>
      </div>
    </div>
  );
}
