import { useMutation, useQueryClient } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { NewTicket, TicketDetail } from "@/api/wire";
import { tellTabs } from "@/lib/tabs";

/** Creates one ticket per idempotency key, however often it is sent. */
export function useCreateTicket() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ ticket, idempotencyKey }: { ticket: NewTicket; idempotencyKey: string }) =>
      (await request<TicketDetail>("POST", "/tickets", { body: ticket, idempotencyKey })).data,
    onSuccess: () => {
      tellTabs({ kind: "changed" });
      return client.invalidateQueries({ queryKey: ["tickets"] });
    },
  });
}
