import type { ReactNode } from "react";

import { whatFailed } from "@/api/client";
import type { User } from "@/api/wire";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { toastDone } from "@/components/ui/toast";
import { useDeleteUser } from "@/features/users/api/delete-user";

export function DeleteUserDialog({ user, assigned, onClose }: { user: User; assigned: ReactNode; onClose: () => void }) {
  const deletion = useDeleteUser();
  const confirm = () =>
    deletion.mutate(user.id, {
      onSuccess: () => {
        onClose();
        toastDone(`${user.displayName} deleted`);
      },
    });
  return (
    <Dialog title={`Delete ${user.displayName}?`} kind="alert" onClose={onClose}>
      <p>
        The account is refused everywhere at once{user.role === "SERVICE" ? ", its API key too" : ""}. What it wrote keeps its name, marked as deleted. {assigned}
      </p>
      <p>This cannot be undone.</p>
      {deletion.error && <p role="alert">{whatFailed("the account was", "deleted", deletion.error)}</p>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="danger" busy={deletion.isPending} onClick={confirm} autoFocus>
          Delete user
        </Button>
      </DialogActions>
    </Dialog>
  );
}
