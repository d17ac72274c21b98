import { queryOptions } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { User } from "@/api/wire";

export const usersQuery = queryOptions({
  queryKey: ["users"],
  queryFn: async ({ signal }) => (await request<User[]>("GET", "/users", { signal })).data,
  staleTime: 60_000,
});
