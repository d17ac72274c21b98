import { useEffect, useRef } from "react";

import { preferences } from "@/lib/preferences";

/**
 * Keys of one sign ("c", "?", "g d" for two in a row). They sleep while one types, inside lists and dialogs
 * that have keys of their own, and when switched off. A handler that returns false passes the key on.
 * One that is held acts once, but for those that walk.
 */
export type Shortcuts = Record<string, () => unknown>;

const layers: Shortcuts[] = [];
const walks = "jk";
const sequenceTime = 1200; // ms between "g" and its second key
let pending: { key: string; until: number } | null = null;

export function useShortcuts(shortcuts: Shortcuts): void {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  useEffect(() => {
    const layer: Shortcuts = new Proxy({}, { get: (_target, key: string) => latest.current[key] });
    layers.push(layer);
    return () => void layers.splice(layers.indexOf(layer), 1);
  }, []);
}

export function listenForShortcuts(): void {
  document.addEventListener("keydown", (event) => {
    if (!preferences.get().singleKeys || isElsewhere(event) || (event.repeat && !walks.includes(event.key))) return;
    if (press(event.key, event.timeStamp)) event.preventDefault();
  });
}

function press(key: string, time: number): boolean {
  const name = pending && time < pending.until ? `${pending.key} ${key}` : key;
  pending = null;
  if (run(name)) return true;
  if (key === "g") pending = { key, until: time + sequenceTime };
  return false;
}

function run(name: string): boolean {
  return layers.toReversed().some((layer) => {
    const handler = layer[name];
    return handler !== undefined && handler() !== false;
  });
}

const ownKeys = "input, textarea, select, [contenteditable], [role=dialog], [role=alertdialog], [role=listbox], [role=menu], [role=combobox]";

function isElsewhere(event: KeyboardEvent): boolean {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return true;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest("input[type=checkbox]")) return event.key === " ";
  return Boolean(target?.closest(ownKeys)) || document.querySelector("[role=dialog], [role=alertdialog], [role=listbox], [role=menu]") !== null;
}
