import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import { ticketKey } from "@/features/tickets/api/get-ticket";
import { tellTabs } from "@/lib/tabs";

export function useDeleteTicket(displayId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => request<null>("DELETE", `/tickets/${encodeURIComponent(displayId)}`),
    onSuccess: () => {
      tellTabs({ kind: "changed" });
      client.removeQueries({ queryKey: ticketKey(displayId) });
      client.removeQueries({ queryKey: ["history", displayId] });
      void client.invalidateQueries({ queryKey: ["tickets"] });
    },
  });
}
