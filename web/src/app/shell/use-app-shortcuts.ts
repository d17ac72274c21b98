import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";

import type { SessionUser } from "@/api/wire";
import { openPalette, openReroute, openShortcutHelp, overlay } from "@/app/shell/overlays";
import { useTicketActions } from "@/app/use-ticket-actions";
import { targets } from "@/features/tickets/selection";
import { mayAdministerCti, mayAdministerUsers, mayCreateTickets, mayEditTickets } from "@/lib/policies";
import { severities } from "@/lib/severity";
import { useShortcuts } from "@/lib/shortcuts";

/** The keys that work on every page. */
export function useAppShortcuts(me: SessionUser): void {
  const navigate = useNavigate();
  const { apply, seen } = useTicketActions();

  const onTargets = (act: (displayIds: readonly string[]) => void) => () => {
    if (!mayEditTickets(me) || targets().length === 0) return false;
    act(targets());
  };
  useShortcuts({
    c: () => (mayCreateTickets(me) ? void navigate({ to: "/new" }) : false),
    "?": openShortcutHelp,
    "g d": () => void navigate({ to: "/" }),
    "g m": () => void navigate({ to: "/my" }),
    "g p": () => void navigate({ to: "/profile" }),
    "g u": () => (mayAdministerUsers(me) ? void navigate({ to: "/admin/users" }) : false),
    "g c": () => (mayAdministerCti(me) ? void navigate({ to: "/admin/cti" }) : false),
    a: onTargets((ids) => openPalette("assign", ids)),
    s: onTargets((ids) => openPalette("status", ids)),
    m: onTargets((ids) => openReroute(seen(ids))),
    ...Object.fromEntries(severities.map((severity) => [String(severity), onTargets((ids) => void apply(ids, { severity }))])),
  });

  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k" || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (event.repeat) return;
      if (!document.querySelector("[role=dialog], [role=alertdialog]")) openPalette("everything", targets());
      else if (overlay.get()?.kind === "palette") overlay.set(null);
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}
