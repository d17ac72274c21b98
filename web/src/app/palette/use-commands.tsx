import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { CircleUser, FolderTree, Inbox, Keyboard, LogOut, Moon, Plus, Route, Settings2, Sun, SunMoon, Tag, Tickets, UserRound, UserRoundX, Users } from "lucide-react";

import type { SessionUser } from "@/api/wire";
import type { Command } from "@/app/palette/command";
import { openPalette, openReroute, openShortcutHelp, openSignOut } from "@/app/shell/overlays";
import { useTicketActions } from "@/app/use-ticket-actions";
import { Avatar } from "@/components/ui/avatar";
import { treeQuery } from "@/features/cti/api/get-tree";
import { usersQuery } from "@/features/users/api/list-users";
import { sortedByName } from "@/lib/cti";
import { mayAdministerCti, mayAdministerUsers, mayCreateTickets, mayEditTickets } from "@/lib/policies";
import { setPreference } from "@/lib/preferences";
import { severities, severityText } from "@/lib/severity";
import { unassigned } from "@/lib/ticket-search";

/** What the palette offers wherever one is. People and queues only once something is typed. */
export function useCommands(me: SessionUser, targets: readonly string[], typing: boolean) {
  const navigate = useNavigate();
  const { apply, seen } = useTicketActions();
  const { data: people = [] } = useQuery(usersQuery);
  const { data: tree } = useQuery(treeQuery);

  const onTargets: Command[] =
    targets.length > 0 && mayEditTickets(me)
      ? [
          { id: "assign", section: targets.join(", "), text: "Assign to…", keys: "a", icon: <UserRound />, run: () => openPalette("assign", targets) },
          { id: "assign-me", section: targets.join(", "), text: "Assign to me", icon: <UserRound />, run: () => void apply(targets, { assignee: me }) },
          { id: "status", section: targets.join(", "), text: "Change status…", keys: "s", icon: <Tag />, run: () => openPalette("status", targets) },
          { id: "reroute", section: targets.join(", "), text: "Reroute…", words: "move queue category path", keys: "m", icon: <Route />, run: () => openReroute(seen(targets)) },
          ...severities.map((severity) => ({
            id: `severity-${severity}`,
            section: targets.join(", "),
            text: `Set ${severityText(severity)}`,
            keys: String(severity),
            icon: <Tag />,
            run: () => void apply(targets, { severity }),
          })),
        ]
      : [];

  const pages: (Command | false)[] = [
    mayCreateTickets(me) && { id: "new", section: "Actions", text: "New ticket", words: "create add", keys: "c", icon: <Plus />, run: () => void navigate({ to: "/new" }) },
    { id: "all", section: "Go to", text: "All tickets", keys: "g d", icon: <Tickets />, run: () => void navigate({ to: "/" }) },
    { id: "mine", section: "Go to", text: "My tickets", keys: "g m", icon: <Inbox />, run: () => void navigate({ to: "/my" }) },
    { id: "unassigned", section: "Go to", text: "Unassigned tickets", words: "nobody triage", icon: <UserRoundX />, run: () => void navigate({ to: "/", search: { assignee: unassigned } }) },
    { id: "profile", section: "Go to", text: "Profile and password", words: "change account me settings", keys: "g p", icon: <CircleUser />, run: () => void navigate({ to: "/profile" }) },
    { id: "preferences", section: "Go to", text: "Preferences", words: "settings options", icon: <Settings2 />, run: () => void navigate({ to: "/profile", hash: "preferences" }) },
    mayAdministerUsers(me) && { id: "users", section: "Go to", text: "Users", words: "admin administration people accounts roles", keys: "g u", icon: <Users />, run: () => void navigate({ to: "/admin/users" }) },
    mayAdministerCti(me) && { id: "cti", section: "Go to", text: "Categories", words: "admin administration queues types items cti", keys: "g c", icon: <FolderTree />, run: () => void navigate({ to: "/admin/cti" }) },
  ];

  const settings: Command[] = [
    { id: "help", section: "Actions", text: "Keyboard shortcuts", words: "help hotkeys", keys: "?", icon: <Keyboard />, run: openShortcutHelp },
    { id: "theme-light", section: "Actions", text: "Theme: light", words: "mode colours appearance", icon: <Sun />, run: () => setPreference("theme", "light") },
    { id: "theme-dark", section: "Actions", text: "Theme: dark", words: "mode colours appearance night", icon: <Moon />, run: () => setPreference("theme", "dark") },
    { id: "theme-system", section: "Actions", text: "Theme: as the system", words: "mode colours appearance auto", icon: <SunMoon />, run: () => setPreference("theme", "system") },
    { id: "sign-out", section: "Actions", text: "Sign out", words: "log out logout sign off quit", icon: <LogOut />, run: openSignOut },
  ];

  const queues: Command[] = sortedByName(tree?.categories ?? []).map(({ id, name }) => ({
    id: `queue-${id}`,
    section: "Queues",
    text: name,
    icon: <FolderTree />,
    run: () => void navigate({ to: "/", search: { queue: id } }),
  }));
  const persons: Command[] = sortedByName(people.map((person) => ({ ...person, name: person.displayName }))).map((person) => ({
    id: `person-${person.id}`,
    section: "People",
    text: person.displayName,
    hint: `${person.username} · their tickets`,
    icon: <Avatar person={person} />,
    run: () => void navigate({ to: "/", search: { assignee: person.id } }),
  }));

  const openTicket = (displayId: string) => void navigate({ to: "/tickets/$displayId", params: { displayId } });
  const commands = [...onTargets, ...pages.filter((page) => page !== false), ...settings, ...(typing ? [...queues, ...persons] : [])];
  return { commands, openTicket };
}
