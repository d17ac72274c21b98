import type { Category, CtiItem, CtiPath, CtiType } from "@/api/wire";

export interface CtiTree {
  categories: Category[];
  types: CtiType[];
  items: CtiItem[];
}

export const emptyTree: CtiTree = { categories: [], types: [], items: [] };

const byName = (a: { name: string }, b: { name: string }) => a.name.localeCompare(b.name, "en", { sensitivity: "base", numeric: true });

export const sortedByName = <N extends { name: string }>(nodes: readonly N[]): N[] => [...nodes].sort(byName);

/** "Infrastructure › Network › VPN" */
export function pathText({ category, type, item }: CtiPath): string {
  return `${category.name} › ${type.name} › ${item.name}`;
}

/** Every way down the tree to an item, in the order of its words. */
export function allPaths(tree: CtiTree): CtiPath[] {
  const types = new Map(tree.types.map((type) => [type.id, type]));
  const categories = new Map(tree.categories.map((category) => [category.id, category]));
  return tree.items
    .flatMap((item) => {
      const type = types.get(item.typeId);
      const category = type && categories.get(type.categoryId);
      return type && category ? [{ category, type, item }] : [];
    })
    .sort((a, b) => byName(a.category, b.category) || byName(a.type, b.type) || byName(a.item, b.item));
}
