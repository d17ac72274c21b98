/** The three levels of the tree, in the words of the API and of people. */
export type Level = "categories" | "types" | "items";

interface LevelWords {
  one: string;
  many: string;
  /** The member that names the level above. */
  parent: "categoryId" | "typeId" | null;
  /** The filter of GET /api/tickets. */
  filter: "categoryId" | "typeId" | "itemId";
  below: string | null;
}

export const levels: Record<Level, LevelWords> = {
  categories: { one: "category", many: "Categories", parent: null, filter: "categoryId", below: "types and items" },
  types: { one: "type", many: "Types", parent: "categoryId", filter: "typeId", below: "items" },
  items: { one: "item", many: "Items", parent: "typeId", filter: "itemId", below: null },
};
