import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef, useState } from "react";

import { whatFailed } from "@/api/client";
import type { SessionUser } from "@/api/wire";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { toastFailed } from "@/components/ui/toast";
import { useLogOut } from "@/features/session/api/log-out";
import { count } from "@/lib/count";
import { countDrafts, discardDrafts } from "@/lib/drafts";

/** Signs out; asks first only when something unsent would stay behind on this computer. */
export function SignOutDialog({ me, onClose }: { me: SessionUser; onClose: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { mutate, isPending } = useLogOut();
  const [drafts] = useState(() => countDrafts(me.id));

  const leave = () =>
    mutate(undefined, {
      onSuccess: () => {
        onClose();
        void navigate({ to: "/login" }).then(() => client.clear());
      },
      onError: (error) => {
        onClose();
        toastFailed(whatFailed("you were", "signed out", error));
      },
    });
  const begun = useRef(false);
  useEffect(() => {
    if (drafts > 0 || begun.current) return;
    begun.current = true;
    leave();
  });
  if (drafts === 0) return null;
  return (
    <Dialog title="Sign out?" onClose={onClose}>
      <p>This browser keeps {count(drafts, "unsent draft")} of yours. Keep them for your next visit, unless others use this computer.</p>
      <DialogActions>
        <Button onClick={onClose}>Stay</Button>
        <Button
          busy={isPending}
          onClick={() => {
            discardDrafts(me.id);
            leave();
          }}
        >
          Discard and sign out
        </Button>
        <Button kind="primary" busy={isPending} onClick={leave}>
          Keep and sign out
        </Button>
      </DialogActions>
    </Dialog>
  );
}
