import { ChevronDown, KeyRound, Pencil, RefreshCw, Trash2 } from "lucide-react";

import type { User } from "@/api/wire";
import { Avatar } from "@/components/ui/avatar";
import { IconButton } from "@/components/ui/button";
import { Highlighted } from "@/components/ui/highlighted";
import { PickMenu } from "@/components/ui/menu";
import { Time } from "@/components/ui/time";
import styles from "@/features/users/components/user-table.module.css";
import { hasAllWords } from "@/lib/match-words";
import { roleLabel, roles } from "@/lib/person";

export type UserIntent = { kind: "edit" | "password" | "key" | "delete"; user: User } | { kind: "role"; user: User; role: User["role"] };

interface UserTableProps {
  users: readonly User[];
  myId: string;
  search: string;
  onIntent: (intent: UserIntent) => void;
}

export function fitting(users: readonly User[], search: string): User[] {
  return users.filter(({ displayName, username, email }) => hasAllWords(`${displayName} ${username} ${email}`, search.trim()));
}

export function UserTable({ users, myId, search, onIntent }: UserTableProps) {
  const admins = users.filter((user) => user.role === "ADMIN").length;
  const shown = fitting(users, search);
  if (shown.length === 0) return <p className={styles.none}>No account fits “{search}”.</p>;
  return (
    <table role="table" aria-label="Users" className={styles.table}>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">
            Name
          </th>
          <th role="columnheader" scope="col">
            E-mail
          </th>
          <th role="columnheader" scope="col">
            Role
          </th>
          <th role="columnheader" scope="col">
            Last sign-in
          </th>
          <th role="columnheader" scope="col">
            <span className="visually-hidden">Actions</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {shown.map((user) => (
          <UserRow key={user.id} user={user} search={search} isMe={user.id === myId} lastAdmin={user.role === "ADMIN" && admins === 1} onIntent={onIntent} />
        ))}
      </tbody>
    </table>
  );
}

interface UserRowProps {
  user: User;
  search: string;
  isMe: boolean;
  lastAdmin: boolean;
  onIntent: (intent: UserIntent) => void;
}

function UserRow({ user, search, isMe, lastAdmin, onIntent }: UserRowProps) {
  const { displayName } = user;
  const undeletable = isMe ? "You cannot delete your own account." : lastAdmin ? "The last admin cannot be deleted." : null;
  return (
    <tr role="row">
      <th role="rowheader" scope="row" className={styles.name}>
        <Avatar person={user} size="md" />
        <span className={styles.names}>
          <span>
            <Highlighted text={displayName} search={search} />
            {isMe && <span className={styles.you}> you</span>}
          </span>
          <span className={styles.username}>
            <Highlighted text={user.username} search={search} />
          </span>
        </span>
      </th>
      <td role="cell" className={styles.email}>
        <Highlighted text={user.email} search={search} />
      </td>
      <td role="cell" className={styles.role}>
        {lastAdmin ? (
          <>
            {roleLabel(user.role)}
            <p className={styles.guard}>Last admin: cannot be demoted or deleted.</p>
          </>
        ) : (
          // No select: its first arrow key would choose already.
          <PickMenu
            label="Role"
            buttonLabel={`Role of ${displayName}: ${roleLabel(user.role)}`}
            triggerClass={styles.pick}
            trigger={
              <>
                {roleLabel(user.role)} <ChevronDown aria-hidden="true" />
              </>
            }
            choices={roles.map((role) => ({ id: role, text: roleLabel(role) }))}
            chosen={[user.role]}
            onChoose={([id]) => {
              const role = roles.find((one) => one === id);
              if (role && role !== user.role) onIntent({ kind: "role", user, role });
            }}
          />
        )}
      </td>
      <td role="cell" className={styles.seen}>
        {user.lastLoginAt ? <Time value={user.lastLoginAt} /> : user.role === "SERVICE" ? "uses a key" : "never"}
      </td>
      <td role="cell" className={styles.actions}>
        {user.role === "SERVICE" ? (
          <IconButton label={`New API key for ${displayName}`} icon={<RefreshCw />} onClick={() => onIntent({ kind: "key", user })} />
        ) : (
          <IconButton label={`Set a new password for ${displayName}`} icon={<KeyRound />} onClick={() => onIntent({ kind: "password", user })} />
        )}
        <IconButton label={`Edit ${displayName}`} icon={<Pencil />} onClick={() => onIntent({ kind: "edit", user })} />
        <IconButton label={`Delete ${displayName}`} title={undeletable ?? `Delete ${displayName}`} icon={<Trash2 />} disabled={undeletable !== null} onClick={() => onIntent({ kind: "delete", user })} />
      </td>
    </tr>
  );
}
