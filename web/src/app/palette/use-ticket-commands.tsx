import { useQuery } from "@tanstack/react-query";
import { UserRoundX } from "lucide-react";

import type { SessionUser, User } from "@/api/wire";
import type { Command } from "@/app/palette/command";
import { useTicketActions } from "@/app/use-ticket-actions";
import { Avatar } from "@/components/ui/avatar";
import { StatusIcon } from "@/components/ui/badge";
import { usersQuery } from "@/features/users/api/list-users";
import { assignable } from "@/lib/person";
import { mayBecome } from "@/lib/policies";
import { statuses, statusLabel } from "@/lib/status";

/** The choices for the tickets one is at. */
export function useTicketCommands(targets: readonly string[], me: SessionUser): { assign: Command[]; status: Command[] } {
  const { apply } = useTicketActions();
  const { data: people = [] } = useQuery(usersQuery);
  const { staff, others } = assignable(people.filter((person) => person.id !== me.id));
  const assignTo = (section: string) => (person: User): Command => ({
    id: `assign-${person.id}`,
    section,
    text: person.displayName,
    hint: person.username,
    icon: <Avatar person={person} />,
    run: () => void apply(targets, { assignee: person }),
  });
  return {
    assign: [
      { id: "assign-me", section: "Me", text: `${me.displayName} (me)`, icon: <Avatar person={me} />, run: () => void apply(targets, { assignee: me }) },
      { id: "assign-nobody", section: "Me", text: "Unassigned", icon: <UserRoundX />, run: () => void apply(targets, { assignee: null }) },
      ...staff.map(assignTo("Staff")),
      ...others.map(assignTo("Others")),
    ],
    status: statuses
      .filter((status) => mayBecome(me, status))
      .map((status) => ({ id: `status-${status}`, section: "Status", text: statusLabel(status), icon: <StatusIcon status={status} />, run: () => void apply(targets, { status }) })),
  };
}
