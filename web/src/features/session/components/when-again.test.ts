import { expect, test } from "vitest";

import { ApiProblem } from "@/api/client";
import { whenAgain } from "@/features/session/components/when-again";

test.each([
  [429, 1, " Try again in 1 second."],
  [429, 2, " Try again in 2 seconds."],
  [429, null, ""],
  [503, 1, ""],
])("of %i with a Retry-After of %s", (status, retryAfter, said) => {
  expect(whenAgain(new ApiProblem(status, "", "Too many.", [], retryAfter))).toBe(said);
});
