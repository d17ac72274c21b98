import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";

import { ApiProblem } from "@/api/client";

declare module "@tanstack/react-query" {
  interface Register {
    defaultError: Error;
    mutationMeta: {
      /** A 401 answers what was typed (a password), not the session. */
      credentialsInBody?: boolean;
      /** Nothing that other tabs show: whose session it is they are told apart. */
      tellsTabsItself?: boolean;
    };
  }
}

interface Handlers {
  /** The session is over: expired, revoked, or signed out elsewhere. */
  onSignedOut: () => void;
  /** The account may do nothing until its password is changed. */
  onPasswordChangeNeeded: () => void;
  /** The role does not allow what the page offered: it may have changed. */
  onForbidden: () => void;
  /** Something was written, or may have been. */
  onChanged: () => void;
}

export function createQueryClient({ onSignedOut, onPasswordChangeNeeded, onForbidden, onChanged }: Handlers): QueryClient {
  const watch = (error: Error) => {
    if (!(error instanceof ApiProblem)) return;
    if (error.status === 401) onSignedOut();
    if (error.status === 403) (/password/i.test(error.code) ? onPasswordChangeNeeded : onForbidden)();
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError: watch }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        if (!mutation.meta?.credentialsInBody) watch(error);
      },
      // Also after a failure: it may have been written all the same.
      onSettled: (_data, _error, _variables, _context, mutation) => {
        if (!mutation.meta?.tellsTabsItself) onChanged();
      },
    }),
    defaultOptions: {
      queries: { staleTime: 10_000, retry: retryUnanswered, refetchOnWindowFocus: true, networkMode: "always" },
      mutations: { networkMode: "always" },
    },
  });
}

/** What the server decided stays decided; what it could not answer is asked twice more. */
function retryUnanswered(failures: number, error: Error): boolean {
  const undecided = error instanceof ApiProblem && (error.status === 0 || error.status >= 500);
  return undecided && failures < 2;
}
