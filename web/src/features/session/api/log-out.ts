import { useMutation } from "@tanstack/react-query";

import { request } from "@/api/client";
import { tellTabs } from "@/lib/tabs";

export function useLogOut() {
  return useMutation({
    mutationFn: () => request<null>("POST", "/auth/logout"),
    onSuccess: () => tellTabs({ kind: "signed-out" }),
    meta: { tellsTabsItself: true },
  });
}
