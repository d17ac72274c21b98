import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { Level } from "@/features/cti/levels";

/** The node and all beneath it vanish from the pickers; tickets keep its last name. */
export function useDeleteNode(level: Level) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<null>("DELETE", `/cti/${level}/${id}`),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: ["cti"] }), client.invalidateQueries({ queryKey: ["tickets"] })]),
  });
}
