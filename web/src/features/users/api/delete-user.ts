import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";

/** The account's name stays on what it wrote; its tickets that are not closed become unassigned. */
export function useDeleteUser() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => request<null>("DELETE", `/users/${id}`),
    // Also after a failure: it may have been deleted all the same.
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["users"] });
      void client.invalidateQueries({ queryKey: ["tickets"] });
    },
  });
}
