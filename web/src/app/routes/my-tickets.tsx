import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { Inbox, SearchX } from "lucide-react";

import { TicketsPage } from "@/app/routes/tickets-page";
import { Button, buttonClass } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/states";
import { isNarrowed } from "@/lib/ticket-search";

export function MyTickets() {
  const search = useSearch({ from: "/shell/my" });
  const navigate = useNavigate();
  const empty = isNarrowed(search) ? (
    <EmptyState icon={<SearchX />} title="None of your tickets fits these filters" action={<Button onClick={() => void navigate({ to: "/my", search: {} })}>Clear all filters</Button>} />
  ) : (
    <EmptyState
      icon={<Inbox />}
      title="Nothing is assigned to you"
      action={
        <Link to="/" className={buttonClass()}>
          Find a ticket to take
        </Link>
      }
    >
      Tickets that are assigned to you and not closed stand here.
    </EmptyState>
  );
  return <TicketsPage title="My tickets" search={search} onlyMine onSearch={(next, options) => void navigate({ to: "/my", search: next, resetScroll: false, ...options })} empty={empty} />;
}
