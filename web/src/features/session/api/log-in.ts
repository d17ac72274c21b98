import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { SessionUser } from "@/api/wire";
import { sessionQuery } from "@/features/session/api/get-session";
import { tellTabs } from "@/lib/tabs";

/** Signs in. The cookie the server sets is the session; the token in the body is for other clients and is not kept. */
export function useLogIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (credentials: { username: string; password: string }) =>
      (await request<{ user: SessionUser }>("POST", "/auth/login", { body: credentials })).data.user,
    onSuccess: (user) => {
      client.clear(); // nothing that somebody else was shown
      client.setQueryData(sessionQuery.queryKey, user);
      tellTabs({ kind: "signed-in", userId: user.id });
    },
    meta: { credentialsInBody: true, tellsTabsItself: true },
  });
}
