import { useSyncExternalStore } from "react";

/** A value that lives outside the tree: `get`, `set`, and `useValue` for those who show it. */
export interface Store<T> {
  get: () => T;
  set: (next: T | ((current: T) => T)) => void;
  useValue: () => T;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  const get = () => value;
  const subscribe = (listener: () => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    get,
    set: (next) => {
      value = next instanceof Function ? next(value) : next;
      for (const listener of listeners) listener();
    },
    useValue: () => useSyncExternalStore(subscribe, get),
  };
}
