import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { SessionUser } from "@/api/wire";
import { sessionQuery } from "@/features/session/api/get-session";

/** A changed password ends every session; the new one is opened at once, so that one need not sign in again. */
export function useChangePassword(username: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (passwords: { currentPassword: string; newPassword: string }) => {
      await request<null>("POST", "/auth/password", { body: passwords });
      const body = { username, password: passwords.newPassword };
      return (await request<{ user: SessionUser }>("POST", "/auth/login", { body })).data.user;
    },
    onSuccess: (user) => client.setQueryData(sessionQuery.queryKey, user),
    meta: { credentialsInBody: true },
  });
}
