import { queryOptions } from "@tanstack/react-query";

import { request } from "@/api/client";
import type { Category, CtiItem, CtiType } from "@/api/wire";
import type { CtiTree } from "@/lib/cti";

/** All three levels at once: it is small, and every picker searches whole paths. */
export const treeQuery = queryOptions({
  queryKey: ["cti"],
  queryFn: async ({ signal }): Promise<CtiTree> => {
    const [categories, types, items] = await Promise.all([
      request<Category[]>("GET", "/cti/categories", { signal }),
      request<CtiType[]>("GET", "/cti/types", { signal }),
      request<CtiItem[]>("GET", "/cti/items", { signal }),
    ]);
    return { categories: categories.data, types: types.data, items: items.data };
  },
  staleTime: 60_000,
});
