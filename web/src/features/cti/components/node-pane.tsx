import { useRef, useState, type FocusEvent, type SyntheticEvent, type ReactNode } from "react";

import { whatFailed } from "@/api/client";
import type { NodeRef } from "@/api/wire";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { toastDone, toastFailed } from "@/components/ui/toast";
import { nameProblem, useCreateNode } from "@/features/cti/api/save-node";
import styles from "@/features/cti/components/node-pane.module.css";
import { NodeRow } from "@/features/cti/components/node-row";
import { levels, type Level } from "@/features/cti/levels";
import { sortedByName } from "@/lib/cti";
import { IdempotencyKey } from "@/lib/idempotency";
import { nameLimit } from "@/lib/limits";
import { useSingleFlight } from "@/lib/single-flight";
import { useHere } from "@/lib/use-here";

interface NodePaneProps {
  level: Level;
  nodes: readonly NodeRef[];
  /** The chosen node of the level above; undefined: none is chosen yet. */
  parent: NodeRef | null | undefined;
  chosenId?: string;
  onChoose?: (id: string) => void;
  onDelete: (node: NodeRef) => void;
  countOf: (node: NodeRef) => ReactNode;
}

/** One level of the tree: what it holds, and a line to add to it. */
export function NodePane({ level, nodes, parent, chosenId, onChoose, onDelete, countOf }: NodePaneProps) {
  const { one, many } = levels[level];
  return (
    <section className={styles.pane} aria-label={parent ? `${many} of ${parent.name}` : many}>
      <header className={styles.header}>
        <h2>{many}</h2>
        {parent && <span className={styles.of}>of {parent.name}</span>}
      </header>
      {parent === undefined ? (
        <p className={styles.none}>Choose a {level === "types" ? "category" : "type"} to see its {many.toLowerCase()}.</p>
      ) : (
        <>
          {nodes.length === 0 && <p className={styles.none}>No {many.toLowerCase()} yet. Add the first one below.</p>}
          <ul className={styles.list}>
            {sortedByName(nodes).map((node) => (
              <NodeRow key={node.id} level={level} node={node} chosen={node.id === chosenId} onChoose={onChoose && (() => onChoose(node.id))} onDelete={() => onDelete(node)} count={countOf(node)} />
            ))}
          </ul>
          <AddNode key={parent?.id} level={level} parentId={parent?.id ?? null} label={`New ${one}`} />
        </>
      )}
    </section>
  );
}

function AddNode({ level, parentId, label }: { level: Level; parentId: string | null; label: string }) {
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<string>();
  const creation = useCreateNode(level);
  const fly = useSingleFlight();
  const here = useHere();
  const key = useRef(new IdempotencyKey());
  const box = useRef<HTMLInputElement>(null);
  const refuse = (why: string) => {
    setProblem(why);
    box.current?.focus();
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!name.trim()) return refuse("A name cannot be blank.");
    fly(
      () => creation.mutateAsync({ name, parentId, idempotencyKey: key.current.for({ name, parentId }) }),
      (node) => {
        key.current.spent();
        setName((now) => (now === name ? "" : now));
        toastDone(`${node.name} added`);
      },
      (error) => (here.current ? refuse(nameProblem(error)) : toastFailed(whatFailed(`“${name}” was`, "added", error))),
    );
  };
  const leave = ({ currentTarget, relatedTarget }: FocusEvent<HTMLFormElement>) => {
    if (!name.trim() && !currentTarget.contains(relatedTarget)) setProblem(undefined);
  };
  return (
    <form className={styles.add} onSubmit={submit} onBlur={leave} noValidate>
      <TextField
        ref={box}
        label={label}
        labelHidden
        placeholder={`${label}…`}
        value={name}
        maxLength={nameLimit}
        error={problem}
        onChange={(event) => {
          setName(event.target.value);
          setProblem(undefined);
        }}
      />
      <Button type="submit" busy={creation.isPending} aria-label={`Add ${label.toLowerCase()}`}>
        Add
      </Button>
    </form>
  );
}
