import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import { tellTabs } from "@/lib/tabs";

export function useDeleteComment(displayId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (commentId: string) => request<null>("DELETE", `/tickets/${encodeURIComponent(displayId)}/comments/${commentId}`),
    onSuccess: async () => {
      tellTabs({ kind: "changed" });
      await Promise.all([
        client.invalidateQueries({ queryKey: ["tickets"] }),
        client.invalidateQueries({ queryKey: ["history", displayId] }),
      ]);
    },
  });
}
