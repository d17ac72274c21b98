import { whatFailed } from "@/api/client";
import type { Comment } from "@/api/wire";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { toastFailed } from "@/components/ui/toast";
import { useDeleteComment } from "@/features/comments/api/delete-comment";
import { useSingleFlight } from "@/lib/single-flight";
import { useHere } from "@/lib/use-here";

export function DeleteComment({ displayId, comment, onClose }: { displayId: string; comment: Comment; onClose: () => void }) {
  const deletion = useDeleteComment(displayId);
  const fly = useSingleFlight();
  const here = useHere();
  const explain = (error: Error) => whatFailed("the comment was", "deleted", error);
  const confirm = () =>
    fly(
      () => deletion.mutateAsync(comment.id),
      () => here.current && onClose(),
      (error) => here.current || toastFailed(explain(error)),
    );
  return (
    <Dialog title="Delete this comment?" kind="alert" onClose={onClose}>
      <p>It disappears from the ticket for everybody. Its text stays readable in the ticket's history.</p>
      {deletion.error && <p role="alert">{explain(deletion.error)}</p>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="danger" busy={deletion.isPending} onClick={confirm} autoFocus>
          Delete comment
        </Button>
      </DialogActions>
    </Dialog>
  );
}
