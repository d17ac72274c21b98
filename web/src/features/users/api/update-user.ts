import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { UserPatch, UserWithKey } from "@/api/wire";

/** Changes an account; the answer carries a key only when a new one was made. */
export function useUpdateUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, patch }: { id: string; patch: UserPatch }) => (await request<UserWithKey>("PATCH", `/users/${id}`, { body: patch })).data,
    // Also after a failure: it may have been changed all the same.
    onSettled: () => {
      for (const what of ["users", "session", "tickets"]) void client.invalidateQueries({ queryKey: [what] });
    },
  });
}
