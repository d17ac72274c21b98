import type { ApiProblem } from "@/api/client";
import { count } from "@/lib/count";

/** What follows the server's sentence where a 429 has one wait: " Try again in 2 seconds." */
export function whenAgain({ status, retryAfter }: ApiProblem): string {
  return status === 429 && retryAfter ? ` Try again in ${count(retryAfter, "second")}.` : "";
}
