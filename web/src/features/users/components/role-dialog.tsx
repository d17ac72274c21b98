import { whatFailed } from "@/api/client";
import type { Role, User, UserWithKey } from "@/api/wire";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { toastFailed } from "@/components/ui/toast";
import { useUpdateUser } from "@/features/users/api/update-user";
import { roleMeanings } from "@/features/users/components/user-form-dialog";
import { roleLabel } from "@/lib/person";
import { useSingleFlight } from "@/lib/single-flight";
import { useHere } from "@/lib/use-here";

interface RoleDialogProps {
  user: User;
  role: Role;
  isMe: boolean;
  onClose: () => void;
  onSaved: (user: UserWithKey) => void;
}

/** A role changes what somebody may do at once, so it is said before it is done. */
export function RoleDialog({ user, role, isMe, onClose, onSaved }: RoleDialogProps) {
  const update = useUpdateUser();
  const fly = useSingleFlight();
  const here = useHere();
  const explain = (error: Error) => whatFailed(`the role of ${user.displayName} was`, "changed", error);
  const confirm = () =>
    fly(
      () => update.mutateAsync({ id: user.id, patch: { role } }),
      onSaved,
      (error) => here.current || toastFailed(explain(error)),
    );
  return (
    <Dialog title={`Make ${user.displayName} ${roleLabel(role)}?`} kind="alert" onClose={onClose}>
      <p>
        {roleLabel(role)}: {roleMeanings[role]}
      </p>
      {isMe && (
        <p>
          <strong>This is your own account:</strong> you lose the admin pages at once.
        </p>
      )}
      {role === "SERVICE" && <p>The password stops working, and a new API key is shown once.</p>}
      {update.error && <p role="alert">{explain(update.error)}</p>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="primary" autoFocus busy={update.isPending} onClick={confirm}>
          Change role
        </Button>
      </DialogActions>
    </Dialog>
  );
}
