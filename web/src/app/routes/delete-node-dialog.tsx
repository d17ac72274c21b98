import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { request, whatFailed } from "@/api/client";
import type { NodeRef, Ticket } from "@/api/wire";
import styles from "@/app/routes/delete-node-dialog.module.css";
import { chosenPath, CtiPicker, noChoice } from "@/components/cti-picker";
import { Button } from "@/components/ui/button";
import { Dialog, DialogActions } from "@/components/ui/dialog";
import { toastDone, toastFailed } from "@/components/ui/toast";
import { useDeleteNode } from "@/features/cti/api/delete-node";
import { levels, type Level } from "@/features/cti/levels";
import { countTicketsQuery } from "@/features/tickets/api/list-tickets";
import { toPatch } from "@/features/tickets/changes";
import { count } from "@/lib/count";
import type { CtiTree } from "@/lib/cti";
import { useSingleFlight } from "@/lib/single-flight";
import { notClosed } from "@/lib/status";
import { tellTabs } from "@/lib/tabs";
import { useHere } from "@/lib/use-here";

interface DeleteNodeDialogProps {
  level: Level;
  node: NodeRef;
  tree: CtiTree;
  onClose: () => void;
}

/** Says how many tickets a deletion touches, and offers to move those that are not closed first. */
export function DeleteNodeDialog({ level, node, tree, onClose }: DeleteNodeDialogProps) {
  const { one, below, filter } = levels[level];
  const inNode = { [filter]: node.id };
  const open = useCounted({ ...inNode, status: [...notClosed] });
  const closed = useCounted({ ...inNode, status: ["CLOSED"] });
  const counted = open.isFetchedAfterMount && closed.isFetchedAfterMount;
  const [moving, setMoving] = useState(false);
  const [choice, setChoice] = useState(noChoice);
  const deletion = useDeleteNode(level);
  const { move, moved, total, problem, busy } = useMove(node, inNode);
  const fly = useSingleFlight();
  const here = useHere();

  const others = without(tree, level, node.id);
  const target = chosenPath(others, choice);
  const explain = (error: Error) => whatFailed(`the ${one} “${node.name}” was`, "deleted", error);
  const confirm = () =>
    fly(
      async () => {
        const movedNow = moving && target ? await move(target, open.data ?? 0) : 0;
        if (movedNow !== null) await deletion.mutateAsync(node.id);
        return movedNow;
      },
      (movedNow) => {
        if (movedNow === null) return;
        toastDone(`${movedNow > 0 ? `${count(movedNow, "ticket")} moved, ` : ""}${node.name} deleted`);
        if (here.current) onClose();
      },
      (error) => here.current || toastFailed(explain(error)),
    );
  return (
    <Dialog title={`Delete the ${one} “${node.name}”?`} kind="alert" onClose={onClose} wide>
      <p>
        {counted ? touched(open, closed) : "Counting its tickets…"} They keep the name, marked as deleted, and stay searchable; no new ticket can be routed here.
        {below && ` All ${below} beneath it are deleted too.`}
      </p>
      {Boolean(open.data) && (
        <label className={styles.move}>
          <input type="checkbox" checked={moving} onChange={(event) => setMoving(event.target.checked)} /> Move the {count(open.data!, "ticket")} elsewhere first
        </label>
      )}
      {moving && <CtiPicker tree={others} value={choice} onChange={setChoice} />}
      {busy && <progress className={styles.progress} aria-label="Tickets moved" value={moved} max={total} />}
      {problem && <p role="alert">{notMoved(node, problem)}</p>}
      {deletion.error && <p role="alert">{explain(deletion.error)}</p>}
      <DialogActions>
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="danger" busy={busy || deletion.isPending} disabled={!counted || (moving && !target)} onClick={confirm}>
          {moving ? `Move and delete ${one}` : `Delete ${one}`}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

/** Counted now: what a page counted a while ago is no ground to delete on. */
const useCounted = (query: Parameters<typeof countTicketsQuery>[0]) => useQuery({ ...countTicketsQuery(query), staleTime: 0 });
type Path = NonNullable<ReturnType<typeof chosenPath>>;
type Counted = ReturnType<typeof useCounted>;

function touched(open: Counted, closed: Counted): string {
  if (!open.isSuccess || !closed.isSuccess) return "Its tickets could not be counted.";
  return `${count(open.data, "ticket")} that ${open.data === 1 ? "is" : "are"} not closed and ${count(closed.data, "closed one")} are routed here.`;
}

const notMoved = (node: NodeRef, error: Error) => `Not all tickets of “${node.name}” were moved. ${error.message}`;

/** Moves ticket by ticket, each with its own line of history; resolves to how many, or to null where nothing may follow: it failed, or the dialog was closed. */
function useMove(node: NodeRef, inNode: Record<string, string>) {
  const client = useQueryClient();
  const here = useHere();
  const [state, setState] = useState<{ moved: number; total: number; busy: boolean; problem: Error | null }>({ moved: 0, total: 0, busy: false, problem: null });

  const moveEach = async (path: Path): Promise<number> => {
    for (let moved = 0; ; ) {
      const query = { ...inNode, status: notClosed, limit: 50 };
      const { data: tickets } = await request<Ticket[]>("GET", "/tickets", { query });
      if (tickets.length === 0) return moved;
      for (const { displayId } of tickets) {
        if (!here.current) return moved;
        await request("PATCH", `/tickets/${encodeURIComponent(displayId)}`, { body: toPatch({ path }) });
        moved += 1;
        setState((now) => ({ ...now, moved: now.moved + 1 }));
      }
    }
  };
  const move = async (path: Path, total: number): Promise<number | null> => {
    setState({ moved: 0, total, busy: true, problem: null });
    try {
      const moved = await moveEach(path);
      setState((now) => ({ ...now, busy: false }));
      if (!here.current) toastDone(`${count(moved, "ticket")} moved, ${node.name} kept`);
      return here.current ? moved : null;
    } catch (error) {
      setState((now) => ({ ...now, busy: false, problem: error as Error }));
      if (!here.current) toastFailed(notMoved(node, error as Error));
      return null;
    } finally {
      // Once for all of them: each asks for every list and count on the page again.
      for (const what of ["tickets", "history"]) void client.invalidateQueries({ queryKey: [what] });
      tellTabs({ kind: "changed" });
    }
  };
  return { move, ...state };
}

/** The tree a ticket can be moved to: all but what is about to go. */
function without(tree: CtiTree, level: Level, id: string): CtiTree {
  const categories = tree.categories.filter((category) => level !== "categories" || category.id !== id);
  const types = tree.types.filter((type) => (level !== "types" || type.id !== id) && categories.some((category) => category.id === type.categoryId));
  const items = tree.items.filter((item) => (level !== "items" || item.id !== id) && types.some((type) => type.id === item.typeId));
  return { categories, types, items };
}
