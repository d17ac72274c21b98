import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { NewUser, UserWithKey } from "@/api/wire";

/** Creates an account; that of a service comes with its key, shown this once. */
export function useCreateUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ user, idempotencyKey }: { user: NewUser; idempotencyKey: string }) =>
      (await request<UserWithKey>("POST", "/users", { body: user, idempotencyKey })).data,
    // Also after a failure: it may have been created all the same.
    onSettled: () => void client.invalidateQueries({ queryKey: ["users"] }),
  });
}
