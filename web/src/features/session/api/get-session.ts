import { queryOptions, useSuspenseQuery } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { SessionUser } from "@/api/wire";

declare global {
  interface Window {
    /** The answer that `public/start.js` asked for. */
    askedAtStart?: Promise<Response>;
  }
}

/** Once: whoever asks again wants to know how it is now. */
function takeAnswer(): Promise<Response> | undefined {
  const answer = window.askedAtStart;
  delete window.askedAtStart;
  return answer;
}

/** Who is signed in; fails with 401 when nobody is. */
export const sessionQuery = queryOptions({
  queryKey: ["session"],
  queryFn: async ({ signal }) => (await request<SessionUser>("GET", "/auth/me", { signal, answer: takeAnswer() })).data,
  staleTime: 60_000,
});

/** The signed-in person; for what stands inside the shell, which lets nobody else in. */
export function useSession(): SessionUser {
  return useSuspenseQuery(sessionQuery).data;
}
