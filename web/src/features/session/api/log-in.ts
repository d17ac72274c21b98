import { useMutation, useQueryClient } from "@tanstack/react-query";

import { ApiProblem, request } from "@/api/client";
import type { SessionUser } from "@/api/wire";
import { sessionQuery } from "@/features/session/api/get-session";
import { tellTabs } from "@/lib/tabs";

/** Signs in. The cookie the server sets is the session; the token in the body is for other clients and is not kept. */
export function useLogIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (credentials: { username: string; password: string }) => {
      await request("POST", "/auth/login", { body: credentials });
      return (await request<SessionUser>("GET", "/auth/me").catch(explainLostCookie)).data;
    },
    onSuccess: (user) => {
      client.clear(); // nothing that somebody else was shown
      client.setQueryData(sessionQuery.queryKey, user);
      tellTabs({ kind: "signed-in", userId: user.id });
    },
    meta: { credentialsInBody: true, tellsTabsItself: true },
  });
}

/** Who has just signed in is unknown again: a browser that refuses cookies, or a plain address of what is served over https. */
function explainLostCookie(error: unknown): never {
  if (!(error instanceof ApiProblem && error.status === 401)) throw error;
  throw new Error("The password is right, but this browser did not keep you signed in. Allow cookies for this site, and open it at its own address (with https, if it has one).");
}
