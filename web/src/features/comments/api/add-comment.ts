import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { Comment } from "@/api/wire";
import { tellTabs } from "@/lib/tabs";

/** Adds one comment per idempotency key, however often it is sent. */
export function useAddComment(displayId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ body, idempotencyKey }: { body: string; idempotencyKey: string }) =>
      (await request<Comment>("POST", `/tickets/${encodeURIComponent(displayId)}/comments`, { body: { body }, idempotencyKey })).data,
    onSuccess: async () => {
      tellTabs({ kind: "changed" });
      await Promise.all([
        client.invalidateQueries({ queryKey: ["tickets"] }),
        client.invalidateQueries({ queryKey: ["history", displayId] }),
      ]);
    },
  });
}
