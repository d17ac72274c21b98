import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { Category } from "@/api/wire";
import { levels, type Level } from "@/features/cti/levels";

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
