import type { ReactNode } from "react";

import { whatFailed } from "@/api/client";
import type { User } from "@/api/wire";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { toastDone, toastFailed } from "@/components/ui/toast";
import { useDeleteUser } from "@/features/users/api/delete-user";
import { useSingleFlight } from "@/lib/single-flight";
import { useHere } from "@/lib/use-here";

export function DeleteUserDialog({ user, assigned, onClose }: { user: User; assigned: ReactNode; onClose: () => void }) {
  const deletion = useDeleteUser();
  const fly = useSingleFlight();
  const here = useHere();
  const explain = (error: Error) => whatFailed(`the account of ${user.displayName} was`, "deleted", error);
  const confirm = () =>
    fly(
      () => deletion.mutateAsync(user.id),
      () => {
        toastDone(`${user.displayName} deleted`);
        if (here.current) onClose();
      },
      (error) => here.current || toastFailed(explain(error)),
    );
  return (
    <Dialog title={`Delete ${user.displayName}?`} kind="alert" onClose={onClose}>
      <p>
        The account is refused everywhere at once{user.role === "SERVICE" ? ", its API key too" : ""}. What it wrote keeps its name, marked as deleted. {assigned}
      </p>
      <p>This cannot be undone.</p>
      {deletion.error && <p role="alert">{explain(deletion.error)}</p>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="danger" busy={deletion.isPending} onClick={confirm} autoFocus>
          Delete user
        </Button>
      </DialogActions>
    </Dialog>
  );
}
