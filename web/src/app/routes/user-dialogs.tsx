import type { ReactNode } from "react";

import type { User, UserWithKey } from "@/api/wire";
import { toastDone, toastFailed } from "@/components/ui/toast";
import { ConfirmKeyDialog } from "@/features/users/components/confirm-key-dialog";
import { DeleteUserDialog } from "@/features/users/components/delete-user-dialog";
import { KeyDialog } from "@/features/users/components/key-dialog";
import { PasswordDialog } from "@/features/users/components/password-dialog";
import { RoleDialog } from "@/features/users/components/role-dialog";
import { UserFormDialog } from "@/features/users/components/user-form-dialog";
import type { UserIntent } from "@/features/users/components/user-table";
import { useHere } from "@/lib/use-here";

export type Open = UserIntent | { kind: "new" } | { kind: "shown-key"; name: string; apiKey: string };

interface UserDialogsProps {
  open: Open;
  myId: string;
  onClose: () => void;
  onSaved: (user: UserWithKey, message?: string) => void;
  roleSaved: (user: UserWithKey) => void;
  /** What happens to the tickets of the one who is deleted. */
  assigned: (user: User) => ReactNode;
}

export function UserDialogs({ open, myId, onClose, onSaved, roleSaved, assigned }: UserDialogsProps) {
  const here = useHere();
  const unlessClosed = (saved: (user: UserWithKey) => void) => (user: UserWithKey) => (here.current ? saved(user) : tellSaved(user));
  switch (open.kind) {
    case "new":
      return <UserFormDialog onClose={onClose} onSaved={unlessClosed((user) => onSaved(user, `${user.displayName} created`))} />;
    case "edit":
      return <UserFormDialog user={open.user} onClose={onClose} onSaved={unlessClosed((user) => onSaved(user, `${user.displayName} saved`))} />;
    case "password":
      return <PasswordDialog user={open.user} onClose={onClose} onSaved={unlessClosed((user) => onSaved(user, `${user.displayName} has a new password`))} />;
    case "role":
      // A service account has no password: one comes with the new role.
      return open.user.role === "SERVICE" ? (
        <PasswordDialog user={open.user} role={open.role} onClose={onClose} onSaved={unlessClosed(roleSaved)} />
      ) : (
        <RoleDialog user={open.user} role={open.role} isMe={open.user.id === myId} onClose={onClose} onSaved={unlessClosed(roleSaved)} />
      );
    case "key":
      return <ConfirmKeyDialog user={open.user} onClose={onClose} onMade={unlessClosed(onSaved)} />;
    case "shown-key":
      return <KeyDialog name={open.name} apiKey={open.apiKey} onClose={onClose} />;
    case "delete":
      return <DeleteUserDialog user={open.user} assigned={assigned(open.user)} onClose={onClose} />;
  }
}

/** Of a dialog that was closed before the answer: whatever is open by now stays, also when there is a key to show. */
function tellSaved({ displayName, apiKey }: UserWithKey): void {
  if (apiKey) toastFailed(`${displayName} has a new API key that nobody has seen. Make another one to see it.`);
  else toastDone(`${displayName} saved`);
}
