import { whatFailed } from "@/api/client";
import type { Comment } from "@/api/wire";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { toastDone, toastFailed } from "@/components/ui/toast";
import { useDeleteComment } from "@/features/comments/api/delete-comment";

export function DeleteComment({ displayId, comment, onClose }: { displayId: string; comment: Comment; onClose: () => void }) {
  const deletion = useDeleteComment(displayId);
  const confirm = () =>
    deletion.mutate(comment.id, {
      onSuccess: () => {
        onClose();
        toastDone("Comment deleted");
      },
      onError: (error) => toastFailed(whatFailed("the comment was", "deleted", error)),
    });
  return (
    <Dialog title="Delete this comment?" kind="alert" onClose={onClose}>
      <p>It disappears from the ticket for everybody. Its text stays readable in the ticket's history.</p>
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="danger" busy={deletion.isPending} onClick={confirm} autoFocus>
          Delete comment
        </Button>
      </DialogActions>
    </Dialog>
  );
}
