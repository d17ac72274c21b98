import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";

import { ApiProblem, request } from "@/api/client";
import type { SessionUser } from "@/api/wire";

/** Who is signed in; null: nobody. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }): Promise<SessionUser | null> => {
    try {
      return (await request<SessionUser>("GET", "/auth/me", { signal })).data;
    } catch (error) {
      if (error instanceof ApiProblem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** The signed-in person; only for what stands inside the shell, which lets nobody else in. */
export function useSession(): SessionUser {
  const { data } = useSuspenseQuery(sessionQuery);
  if (!data) throw new Error("Nobody is signed in.");
  return data;
}
