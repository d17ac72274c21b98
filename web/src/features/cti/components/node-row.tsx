import { ChevronRight, Pencil, Trash2 } from "lucide-react";
import { useRef, useState, type SyntheticEvent, type ReactNode } from "react";

import { whatFailed } from "@/api/client";
import type { NodeRef } from "@/api/wire";
import { Button, IconButton } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { toastDone, toastFailed } from "@/components/ui/toast";
import { nameProblem, useRenameNode } from "@/features/cti/api/save-node";
import styles from "@/features/cti/components/node-pane.module.css";
import type { Level } from "@/features/cti/levels";
import { nameLimit } from "@/lib/limits";
import { useSingleFlight } from "@/lib/single-flight";
import { useHere } from "@/lib/use-here";

interface NodeRowProps {
  level: Level;
  node: NodeRef;
  chosen: boolean;
  onChoose?: () => void;
  onDelete: () => void;
  count: ReactNode;
}

/** A node; renamed in place. */
export function NodeRow({ level, node, chosen, onChoose, onDelete, count }: NodeRowProps) {
  const [renaming, setRenaming] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const close = () => {
    setRenaming(false);
    requestAnimationFrame(() => opener.current?.focus());
  };
  if (renaming) {
    return (
      <li className={styles.row}>
        <RenameForm level={level} node={node} onClose={close} />
      </li>
    );
  }
  return (
    <li className={styles.row} data-chosen={chosen || undefined}>
      {onChoose ? (
        <button type="button" className={styles.name} aria-pressed={chosen} onClick={onChoose}>
          {node.name}
        </button>
      ) : (
        <span className={styles.name}>{node.name}</span>
      )}
      <span className={styles.controls}>
        <IconButton ref={opener} label={`Rename ${node.name}`} icon={<Pencil />} onClick={() => setRenaming(true)} />
        <IconButton label={`Delete ${node.name}`} icon={<Trash2 />} onClick={onDelete} />
      </span>
      {count}
      {onChoose && <ChevronRight className={styles.chevron} aria-hidden="true" />}
    </li>
  );
}

function RenameForm({ level, node, onClose }: { level: Level; node: NodeRef; onClose: () => void }) {
  const [name, setName] = useState(node.name);
  const [problem, setProblem] = useState<string>();
  const rename = useRenameNode(level);
  const fly = useSingleFlight();
  const here = useHere();
  const box = useRef<HTMLInputElement>(null);
  const refuse = (why: string) => {
    setProblem(why);
    box.current?.focus();
  };
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!name.trim()) return refuse("A name cannot be blank.");
    if (name === node.name) return onClose();
    fly(
      () => rename.mutateAsync({ id: node.id, name }),
      () => {
        toastDone(`${node.name} is now ${name}`);
        // What one wrote on meanwhile is the next name.
        if (box.current?.value === name) onClose();
      },
      (error) => (here.current ? refuse(nameProblem(error)) : toastFailed(whatFailed(`“${node.name}” was`, "renamed", error))),
    );
  };
  return (
    <form className={styles.add} onSubmit={submit} noValidate onKeyDown={(event) => event.key === "Escape" && onClose()}>
      <TextField
        ref={box}
        label={`New name of ${node.name}`}
        labelHidden
        value={name}
        maxLength={nameLimit}
        error={problem}
        autoFocus
        onFocus={(event) => event.target.select()}
        onChange={(event) => {
          setName(event.target.value);
          setProblem(undefined);
        }}
      />
      <Button type="submit" busy={rename.isPending}>
        Save
      </Button>
    </form>
  );
}
