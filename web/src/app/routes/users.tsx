import { useQuery } from "@tanstack/react-query";
import { Search, UserPlus } from "lucide-react";
import { useRef, useState } from "react";

import type { User, UserWithKey } from "@/api/wire";
import { Page } from "@/app/shell/page";
import { PageForbidden } from "@/app/shell/page-states";
import type { Open } from "@/app/routes/user-dialogs";
import styles from "@/app/routes/users.module.css";
import { Button } from "@/components/ui/button";
import { later } from "@/components/ui/later";
import { ErrorState, Skeleton } from "@/components/ui/states";
import { toastDone } from "@/components/ui/toast";
import { useSession } from "@/features/session/api/get-session";
import { countTicketsQuery } from "@/features/tickets/api/list-tickets";
import { usersQuery } from "@/features/users/api/list-users";
import { fitting, UserTable } from "@/features/users/components/user-table";
import { useAnnounced } from "@/lib/announce";
import { count } from "@/lib/count";
import { mayAdministerUsers } from "@/lib/policies";
import { roleLabel } from "@/lib/person";
import { useShortcuts } from "@/lib/shortcuts";
import { notClosed } from "@/lib/status";
import { useDebounced } from "@/lib/use-debounced";
import { useKeptFocus } from "@/lib/use-kept-focus";

const Dialogs = later(() => import("@/app/routes/user-dialogs").then((module) => module.UserDialogs));

export function Users() {
  const me = useSession();
  const { data, error, refetch } = useQuery(usersQuery);
  const [search, setSearch] = useState("");
  const [open, setOpen] = useState<Open | null>(null);
  const found = data && fitting(data, search);
  const settled = useDebounced(search, 500);
  useAnnounced(found && settled && settled === search ? count(found.length, "account") : null, settled);
  useKeptFocus((data?.length ?? 0) + Number(open !== null) + Number(error !== null));
  const box = useRef<HTMLInputElement>(null);
  useShortcuts({ "/": () => box.current?.focus() });
  if (!mayAdministerUsers(me)) return <PageForbidden />;

  const saved = (user: UserWithKey, message?: string) => {
    setOpen(user.apiKey ? { kind: "shown-key", name: user.displayName, apiKey: user.apiKey } : null);
    if (message) toastDone(message);
  };
  return (
    <Page
      title="Users"
      aside={
        <Button kind="primary" icon={<UserPlus />} onClick={() => setOpen({ kind: "new" })}>
          New user
        </Button>
      }
    >
      <div className={styles.search}>
        <Search aria-hidden="true" />
        <input ref={box} type="search" aria-label="Search users" placeholder="Search names and addresses" value={search} onChange={(event) => setSearch(event.target.value)} />
        {found && <span>{count(found.length, "account")}</span>}
      </div>
      {data ? (
        <UserTable users={data} myId={me.id} search={search} onIntent={setOpen} />
      ) : error ? (
        <ErrorState what="The users" error={error} retry={() => void refetch()} />
      ) : (
        <Skeleton lines={8} />
      )}
      {open && (
        <Dialogs
          open={open}
          myId={me.id}
          onClose={() => setOpen(null)}
          onSaved={saved}
          roleSaved={(user) => saved(user, `${user.displayName} is now ${roleLabel(user.role)}`)}
          assigned={(user) => <Assigned user={user} />}
        />
      )}
    </Page>
  );
}

function Assigned({ user }: { user: User }) {
  const { data } = useQuery(countTicketsQuery({ assigneeId: user.id, status: [...notClosed] }));
  if (data === undefined) return null;
  return data === 0 ? "It has no tickets but closed ones." : `${count(data, "ticket")} that ${data === 1 ? "is" : "are"} not closed will become unassigned.`;
}
