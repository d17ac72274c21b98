import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import { sessionQuery } from "@/features/session/api/get-session";

/** A changed password ends every other session; this one goes on with the cookie of the answer. */
export function useChangePassword() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (passwords: { currentPassword: string; newPassword: string }) => request<null>("POST", "/auth/password", { body: passwords }),
    // The session alone: the other services hear of the change a moment later, and refuse its cookie until then.
    onSuccess: () => void client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
}
