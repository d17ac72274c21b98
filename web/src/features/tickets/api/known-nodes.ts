import { useInfiniteQuery, useQueryClient } from "@tanstack/react-query";

import type { NodeRef, Ticket } from "@/api/wire";
import type { TicketSnapshot } from "@/features/tickets/api/get-ticket";
import { ticketsQuery } from "@/features/tickets/api/list-tickets";
import { emptyTree, type CtiTree } from "@/lib/cti";
import type { ListQuery } from "@/lib/ticket-search";

export type Nodes = Record<keyof CtiTree, readonly { id: string; name: string }[]>;

/** The tree, and what was deleted from it as far as tickets tell: those of the list, and those one has read. */
export function useKnownNodes(tree: CtiTree, query: ListQuery): Nodes {
  const client = useQueryClient();
  const { data: listed = [] } = useInfiniteQuery({ ...ticketsQuery(query), select: deletedInPages });
  if (tree === emptyTree) return tree;
  const read = client.getQueriesData<TicketSnapshot>({ queryKey: ["tickets", "detail"] }).flatMap(([, snapshot]) => snapshot?.ticket ?? []);
  const deleted = unique([...listed, ...deletedIn(read)]);
  const known = (level: Level, nodes: Nodes[keyof Nodes]) => {
    const ids = new Set(nodes.map(({ id }) => id));
    return [...nodes, ...deleted.filter((node) => node.level === level && !ids.has(node.id)).map(({ id, name }) => ({ id, name: `${name} (deleted)` }))];
  };
  return { categories: known("category", tree.categories), types: known("type", tree.types), items: known("item", tree.items) };
}

type Level = "category" | "type" | "item";

type Deleted = NodeRef & { level: Level };

const levels: readonly Level[] = ["category", "type", "item"];
const deletedIn = (tickets: readonly Ticket[]): Deleted[] => tickets.flatMap((ticket) => levels.filter((level) => ticket[level].deleted).map((level) => ({ ...ticket[level], level })));
const deletedInPages = ({ pages }: { pages: readonly { data: Ticket[] }[] }) => unique(deletedIn(pages.flatMap((page) => page.data)));
const unique = (nodes: readonly Deleted[]) => [...new Map(nodes.map((node) => [node.id, node])).values()];
