import { useMutation, useQueryClient } from "@tanstack/react-query";

import { ApiProblem, request, whatFailed } from "@/api/client";
import type { Category } from "@/api/wire";
import { levels, type Level } from "@/features/cti/levels";
import { fieldSentence } from "@/lib/field-sentence";

export function useCreateNode(level: Level) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, parentId, idempotencyKey }: { name: string; parentId: string | null; idempotencyKey: string }) => {
      const { parent } = levels[level];
      const body = parent ? { name, [parent]: parentId } : { name };
      return (await request<Category>("POST", `/cti/${level}`, { body, idempotencyKey })).data;
    },
    onSuccess: () => client.invalidateQueries({ queryKey: ["cti"] }),
  });
}

export function useRenameNode(level: Level) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, name }: { id: string; name: string }) => (await request<Category>("PUT", `/cti/${level}/${id}`, { body: { name } })).data,
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: ["cti"] }), client.invalidateQueries({ queryKey: ["tickets"] })]),
  });
}

/** What is wrong with a name, as the API says it; or that it was not saved, and why. */
export function nameProblem(error: Error): string {
  const problem = error instanceof ApiProblem && error.fieldMessage("name");
  return problem ? fieldSentence("This name", problem) : whatFailed("the name was", "saved", error);
}
