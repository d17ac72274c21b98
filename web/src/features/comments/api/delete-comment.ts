import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import { toastDone } from "@/components/ui/toast";

export function useDeleteComment(displayId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (commentId: string) => request<null>("DELETE", `/tickets/${encodeURIComponent(displayId)}/comments/${commentId}`),
    onSuccess: () => {
      toastDone("Comment deleted");
      // Not waited for: with the comment goes what waits.
      void client.invalidateQueries({ queryKey: ["tickets"] });
      void client.invalidateQueries({ queryKey: ["history", displayId] });
    },
  });
}
