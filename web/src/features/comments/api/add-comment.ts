import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { Comment } from "@/api/wire";
import { toastDone } from "@/components/ui/toast";
import type { Draft } from "@/lib/drafts";

/** Adds a comment once, however often its draft is sent, and finishes the draft. */
export function useAddComment(displayId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (draft: Draft<string>) => {
      const body = { body: draft.value };
      return request<Comment>("POST", `/tickets/${encodeURIComponent(displayId)}/comments`, { body, idempotencyKey: draft.keyFor(body) });
    },
    onSuccess: (_reply, draft) => {
      draft.saved();
      toastDone("Comment added");
    },
    // Also after a failure: it may have arrived all the same.
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["tickets"] });
      void client.invalidateQueries({ queryKey: ["history", displayId] });
    },
  });
}
