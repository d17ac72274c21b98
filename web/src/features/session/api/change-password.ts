import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";

/** A changed password ends every other session; this one goes on with the cookie of the answer. */
export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (passwords: { currentPassword: string; newPassword: string }) => request<null>("POST", "/auth/password", { body: passwords }),
    // With the session, all that was refused until the password was changed.
    onSuccess: () => void client.invalidateQueries(),
  });
}
