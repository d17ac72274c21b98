import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import { ticketKey } from "@/features/tickets/api/get-ticket";

export function useDeleteTicket(displayId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<null>("DELETE", `/tickets/${encodeURIComponent(displayId)}`),
    onSuccess: () => {
      client.removeQueries({ queryKey: ticketKey(displayId) });
      client.removeQueries({ queryKey: ["history", displayId] });
      void client.invalidateQueries({ queryKey: ["tickets"] });
    },
  });
}
