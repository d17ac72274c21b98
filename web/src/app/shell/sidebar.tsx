import { useQuery } from "@tanstack/react-query";
import { Link, useLocation, useNavigate, useRouter } from "@tanstack/react-router";
import { ChevronDown, CircleUser, FolderTree, Inbox, Keyboard, LogOut, Menu as MenuIcon, Moon, Plus, Search, Settings2, Sun, SunMoon, Tickets, Users, X } from "lucide-react";
import { useEffect, useEffectEvent, useRef, type ReactNode, type RefObject } from "react";

import type { SessionUser } from "@/api/wire";
import { openPalette, openShortcutHelp, openSignOut } from "@/app/shell/overlays";
import styles from "@/app/shell/sidebar.module.css";
import { Avatar } from "@/components/ui/avatar";
import { Count, RoleTag } from "@/components/ui/badge";
import { buttonClass, IconButton } from "@/components/ui/button";
import { ActionMenu } from "@/components/ui/menu";
import { treeQuery } from "@/features/cti/api/get-tree";
import { countTicketsQuery } from "@/features/tickets/api/list-tickets";
import { targets } from "@/features/tickets/selection";
import { classNames } from "@/lib/class-names";
import { sortedByName } from "@/lib/cti";
import { mayAdministerCti, mayAdministerUsers, mayCreateTickets } from "@/lib/policies";
import { roleLabel } from "@/lib/person";
import { preferences, setPreference, type Theme } from "@/lib/preferences";
import { notClosed } from "@/lib/status";

interface SidebarProps {
  me: SessionUser;
  /** The sheet, which covers the page. */
  open: boolean;
  onOpen: (open: boolean) => void;
}

/** The way around: a column on wide screens, a bar with a sheet on narrow ones. */
export function Sidebar({ me, open, onOpen }: SidebarProps) {
  const toggle = useRef<HTMLButtonElement>(null);
  useClosing(open, () => onOpen(false), toggle);
  return (
    <header className={styles.header}>
      <div className={styles.top}>
        <IconButton ref={toggle} className={styles.toggle} label={open ? "Close menu" : "Open menu"} icon={open ? <X /> : <MenuIcon />} aria-expanded={open} aria-controls="sidebar" onClick={() => onOpen(!open)} />
        <Link to="/" className={styles.brand}>
          <img src="/favicon.svg" alt="" width="20" height="20" /> Tickets
        </Link>
        <IconButton label="Search and commands (Ctrl+K)" icon={<Search />} onClick={() => openPalette("everything", targets())} />
      </div>
      <div id="sidebar" className={classNames(styles.sheet, open && styles.open)}>
        {mayCreateTickets(me) && (
          <Link to="/new" className={buttonClass("default", styles.create)} preload="intent" aria-keyshortcuts="c">
            <Plus aria-hidden="true" /> New ticket
          </Link>
        )}
        <nav aria-label="Main" className={styles.nav}>
          <ul>
            <NavItem to="/" icon={<Tickets />}>
              All tickets
            </NavItem>
            <NavItem to="/my" icon={<Inbox />} aside={<MyCount me={me} />}>
              My tickets
            </NavItem>
          </ul>
          <Queues />
          {(mayAdministerUsers(me) || mayAdministerCti(me)) && (
            <>
              <h2 className={styles.group}>Admin</h2>
              <ul>
                <NavItem to="/admin/users" icon={<Users />}>
                  Users
                </NavItem>
                <NavItem to="/admin/cti" icon={<FolderTree />}>
                  Categories
                </NavItem>
              </ul>
            </>
          )}
        </nav>
        <div className={styles.footer}>
          <AccountMenu me={me} />
          <ThemeButton />
        </div>
      </div>
    </header>
  );
}

/** The sheet closes when one goes somewhere, however, on Esc, and when the window has room for the column. */
function useClosing(open: boolean, close: () => void, toggle: RefObject<HTMLButtonElement | null>): void {
  const router = useRouter();
  const closes = useEffectEvent(close);
  useEffect(() => {
    if (!open) return;
    const press = (event: KeyboardEvent) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      closes();
      toggle.current?.focus();
    };
    const ended = new AbortController();
    const { signal } = ended;
    document.addEventListener("keydown", press, { signal });
    matchMedia("(max-width: 52rem)").addEventListener("change", () => closes(), { signal });
    signal.addEventListener("abort", router.subscribe("onBeforeLoad", () => closes()));
    return () => ended.abort();
  }, [open, router, toggle]);
}

function NavItem({ to, icon, aside, children }: { to: "/" | "/my" | "/admin/users" | "/admin/cti"; icon: ReactNode; aside?: ReactNode; children: ReactNode }) {
  const { pathname, search } = useLocation();
  // A queue chosen below is the more exact answer to "where am I".
  const current = pathname === to && !(to === "/" && "queue" in search);
  return (
    <li>
      <Link to={to} search={{}} preload="intent" className={styles.item} activeProps={{}} aria-current={current ? "page" : undefined} data-current={current || undefined}>
        {icon}
        <span className={styles.text}>{children}</span>
        {aside}
      </Link>
    </li>
  );
}

function MyCount({ me }: { me: SessionUser }) {
  const { data } = useQuery({ ...countTicketsQuery({ assigneeId: me.id, status: [...notClosed] }), refetchInterval: 60_000 });
  return data ? <Count value={data} label="not closed" /> : null;
}

function Queues() {
  const { data } = useQuery(treeQuery);
  const { pathname, search } = useLocation();
  const { queuesFolded } = preferences.useValue();
  if (!data || data.categories.length === 0) return null;
  const isCurrent = (id: string) => pathname === "/" && "queue" in search && search.queue === id;
  const shown = sortedByName(data.categories).filter(({ id }) => !queuesFolded || isCurrent(id));
  return (
    <>
      <h2 className={styles.group}>
        <button type="button" className={styles.fold} aria-expanded={!queuesFolded} aria-controls="queues" onClick={() => setPreference("queuesFolded", !queuesFolded)}>
          Queues <ChevronDown aria-hidden="true" />
        </button>
      </h2>
      <ul id="queues" className={styles.queues}>
        {shown.map(({ id, name }) => {
          const current = isCurrent(id);
          return (
            <li key={id}>
              <Link to="/" search={{ queue: id }} className={styles.item} activeProps={{}} aria-current={current ? "page" : undefined} data-current={current || undefined}>
                <span className={styles.dot} aria-hidden="true" />
                <span className={styles.text}>{name}</span>
              </Link>
            </li>
          );
        })}
      </ul>
    </>
  );
}

function AccountMenu({ me }: { me: SessionUser }) {
  const navigate = useNavigate();
  return (
    <ActionMenu
      label={`Account of ${me.displayName} ${roleLabel(me.role)}`}
      triggerClass={styles.account}
      trigger={
        <>
          <Avatar person={me} />
          <span className={styles.text}>{me.displayName}</span> <RoleTag role={me.role} />
        </>
      }
      actions={[
        { id: "profile", label: "Profile and password", icon: <CircleUser />, run: () => void navigate({ to: "/profile" }) },
        { id: "shortcuts", label: "Keyboard shortcuts", icon: <Keyboard />, keys: "?", run: openShortcutHelp },
        { id: "preferences", label: "Preferences", icon: <Settings2 />, run: () => void navigate({ to: "/profile", hash: "preferences" }) },
        { id: "sign-out", label: "Sign out", icon: <LogOut />, run: openSignOut },
      ]}
    />
  );
}

const themes: readonly { theme: Theme; label: string; icon: ReactNode }[] = [
  { theme: "system", label: "as the system", icon: <SunMoon /> },
  { theme: "light", label: "light", icon: <Sun /> },
  { theme: "dark", label: "dark", icon: <Moon /> },
];

function ThemeButton() {
  const { theme } = preferences.useValue();
  const index = themes.findIndex((one) => one.theme === theme);
  const next = themes[(index + 1) % themes.length]!;
  return <IconButton label={`Theme: ${themes[index]!.label}. Switch to ${next.label}`} icon={themes[index]!.icon} onClick={() => setPreference("theme", next.theme)} />;
}
