import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";

import type { NodeRef } from "@/api/wire";
import { Page } from "@/app/shell/page";
import { PageForbidden } from "@/app/shell/page-states";
import styles from "@/app/routes/cti.module.css";
import { Count } from "@/components/ui/badge";
import { later } from "@/components/ui/later";
import { ErrorState, Skeleton } from "@/components/ui/states";
import { treeQuery } from "@/features/cti/api/get-tree";
import { NodePane } from "@/features/cti/components/node-pane";
import { levels, type Level } from "@/features/cti/levels";
import { useSession } from "@/features/session/api/get-session";
import { countTicketsQuery } from "@/features/tickets/api/list-tickets";
import { count } from "@/lib/count";
import type { CtiTree } from "@/lib/cti";
import { mayAdministerCti } from "@/lib/policies";
import { notClosed } from "@/lib/status";
import { useKeptFocus } from "@/lib/use-kept-focus";

const DeleteNodeDialog = later(() => import("@/app/routes/delete-node-dialog").then((module) => module.DeleteNodeDialog));

export function Cti() {
  const me = useSession();
  const { data, error, refetch } = useQuery(treeQuery);
  useKeptFocus(Number(error !== null));
  if (!mayAdministerCti(me)) return <PageForbidden />;
  return (
    <Page title="Categories, types and items">
      {data ? <Panes tree={data} /> : error ? <ErrorState what="The tree" error={error} retry={() => void refetch()} /> : <Skeleton lines={8} />}
    </Page>
  );
}

/** The three levels side by side; what is chosen stands in the URL. */
function Panes({ tree }: { tree: CtiTree }) {
  const search = useSearch({ from: "/shell/admin/cti" });
  const navigate = useNavigate();
  const [deleting, setDeleting] = useState<{ level: Level; node: NodeRef } | null>(null);
  useKeptFocus(tree.categories.length + tree.types.length + tree.items.length + Number(deleting !== null));
  const category = tree.categories.find(({ id }) => id === search.category);
  const type = tree.types.find(({ id, categoryId }) => id === search.type && categoryId === category?.id);
  const countOf = (level: Level) => (node: NodeRef) => <OpenTickets level={level} node={node} />;
  return (
    <>
      <p className={styles.lead}>A ticket is routed by category, type and item. The number beside a node counts its tickets that are not closed.</p>
      <div className={styles.panes}>
        <NodePane
          level="categories"
          nodes={tree.categories}
          parent={null}
          chosenId={category?.id}
          onChoose={(id) => void navigate({ to: "/admin/cti", search: { category: id }, resetScroll: false })}
          onDelete={(node) => setDeleting({ level: "categories", node })}
          countOf={countOf("categories")}
        />
        <NodePane
          level="types"
          nodes={tree.types.filter(({ categoryId }) => categoryId === category?.id)}
          parent={category}
          chosenId={type?.id}
          onChoose={(id) => void navigate({ to: "/admin/cti", search: { ...search, type: id }, resetScroll: false })}
          onDelete={(node) => setDeleting({ level: "types", node })}
          countOf={countOf("types")}
        />
        <NodePane level="items" nodes={tree.items.filter(({ typeId }) => typeId === type?.id)} parent={type} onDelete={(node) => setDeleting({ level: "items", node })} countOf={countOf("items")} />
      </div>
      {deleting && <DeleteNodeDialog {...deleting} tree={tree} onClose={() => setDeleting(null)} />}
    </>
  );
}

function OpenTickets({ level, node }: { level: Level; node: NodeRef }) {
  const { data } = useQuery(countTicketsQuery({ [levels[level].filter]: node.id, status: [...notClosed] }));
  if (data === undefined) return <span className={styles.count} />;
  const search = { categories: { queue: node.id }, types: { type: node.id }, items: { item: node.id } }[level];
  return (
    <Link to="/" search={search} className={styles.count} aria-label={`${count(data, "ticket")} of ${node.name} not closed`}>
      <Count value={data} />
    </Link>
  );
}
