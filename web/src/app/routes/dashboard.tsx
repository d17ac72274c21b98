import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { PartyPopper, SearchX } from "lucide-react";

import { TicketsPage } from "@/app/routes/tickets-page";
import { Button, buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/states";
import { useSession } from "@/features/session/api/get-session";
import { mayCreateTickets } from "@/lib/policies";
import { isNarrowed } from "@/lib/ticket-search";

export function Dashboard() {
  const me = useSession();
  const search = useSearch({ from: "/shell/" });
  const navigate = useNavigate();
  const seesClosed = search.status === "any" || search.status?.includes("CLOSED");
  const empty = isNarrowed(search) ? (
    <EmptyState icon={<SearchX />} title="No ticket fits these filters" action={<Button onClick={() => void navigate({ to: "/", search: {} })}>Clear all filters</Button>}>
      {seesClosed ? "Loosen one of them." : "Loosen one of them, or look among closed tickets too."}
    </EmptyState>
  ) : (
    <EmptyState
      icon={<PartyPopper />}
      title={search.status === "any" ? "No tickets yet" : "Nothing to do"}
      action={
        mayCreateTickets(me) ? (
          <Link to="/new" className={buttonClass("primary")}>
            New ticket
          </Link>
        ) : (
          search.status !== "any" && (
            <Link to="/" search={{ status: "any" }} className={buttonClass()}>
              Show closed tickets
            </Link>
          )
        )
      }
    >
      {search.status === "any" ? "There is none, open or closed." : "No ticket is open."}
    </EmptyState>
  );
  return <TicketsPage title="All tickets" search={search} onSearch={(next, options) => void navigate({ to: "/", search: next, resetScroll: false, ...options })} empty={empty} />;
}
