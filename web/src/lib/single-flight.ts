import { useRef } from "react";

/**
 * Lets one request fly at a time: `fly(request, (answer) => ..., (error) => ...)`. A second press before the answer,
 * even before the next paint, is not a second request. What was begun is also ended when its form is gone (`useHere`).
 */
export function useSingleFlight() {
  const flying = useRef(false);
  return <Answer>(request: () => Promise<Answer>, done: (answer: Answer) => void, failed: (error: Error) => void): void => {
    if (flying.current) return;
    flying.current = true;
    // An exception in `done` is none of the request, which has succeeded: `failed` does not hear of it.
    void request()
      .then(done, failed)
      .finally(() => (flying.current = false));
  };
}
