import { whatFailed } from "@/api/client";
import type { User, UserWithKey } from "@/api/wire";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { toastFailed } from "@/components/ui/toast";
import { useUpdateUser } from "@/features/users/api/update-user";
import { useSingleFlight } from "@/lib/single-flight";
import { useHere } from "@/lib/use-here";

export function ConfirmKeyDialog({ user, onClose, onMade }: { user: User; onClose: () => void; onMade: (user: UserWithKey) => void }) {
  const update = useUpdateUser();
  const fly = useSingleFlight(); // a second key would end the first
  const here = useHere();
  const confirm = () =>
    fly(
      () => update.mutateAsync({ id: user.id, patch: { regenerateApiKey: true } }),
      onMade,
      (error) => {
        if (here.current) onClose();
        toastFailed(whatFailed(`the API key of ${user.displayName} was`, "replaced", error));
      },
    );
  return (
    <Dialog title={`New API key for ${user.displayName}?`} kind="alert" onClose={onClose}>
      <p>
        <strong>The old key stops now.</strong> Every automation that uses it is refused until it has the new one.
      </p>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="danger" busy={update.isPending} onClick={confirm} autoFocus>
          Make a new key
        </Button>
      </DialogActions>
    </Dialog>
  );
}
