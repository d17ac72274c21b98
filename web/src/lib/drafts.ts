import { useCallback, useEffect, useRef, useState } from "react";

import { readStored, removeStored, storedKeys, writeStored } from "@/lib/storage";

/*
 * Nothing typed is lost: what is not yet saved is kept in this browser, per person, through reloads and
 * sessions that expire.
 */

const prefix = (userId: string) => `draft/${userId}/`;

export interface Draft<T> {
  value: T;
  set: (value: T) => void;
  /** Saved or given up: forget it and start again from the initial value. */
  clear: () => void;
  /** It was there when the page opened. */
  restored: boolean;
}

/** `name` says what is being written: "comment/V325813929". An empty value keeps no draft. */
export function useDraft<T>(userId: string, name: string, initial: T): Draft<T> {
  const key = prefix(userId) + name;
  const blank = useRef(initial);
  const [state, setState] = useState(() => open(key, initial));
  if (state.key !== key) setState(open(key, initial));

  useEffect(() => {
    // The same draft, finished or continued in another tab.
    const follow = (event: StorageEvent) => {
      if (event.key === key) setState(open(key, blank.current));
    };
    window.addEventListener("storage", follow);
    return () => window.removeEventListener("storage", follow);
  }, [key]);

  const set = useCallback(
    (value: T) => {
      setState({ key, value, restored: false });
      if (JSON.stringify(value) === JSON.stringify(blank.current)) removeStored(key);
      else writeStored(key, value);
    },
    [key],
  );
  const clear = useCallback(() => {
    removeStored(key);
    setState({ key, value: blank.current, restored: false });
  }, [key]);

  return { value: state.value, set, clear, restored: state.restored };
}

function open<T>(key: string, initial: T) {
  const stored = readStored(key) as T | null;
  return { key, value: stored ?? initial, restored: stored !== null };
}

export const countDrafts = (userId: string) => storedKeys(prefix(userId)).length;
export const discardDrafts = (userId: string) => storedKeys(prefix(userId)).forEach(removeStored);
export const hasDraft = (userId: string, name: string) => readStored(prefix(userId) + name) !== null;
