import { useState } from "react";

import { sentAs, type Sent } from "@/lib/idempotency";
import { readStored, removeStored, storedKeys, writeStored } from "@/lib/storage";
import { createStore, type Store } from "@/lib/store";

/*
 * Nothing typed is lost: what is not yet saved is kept in this browser, per person, through reloads and
 * sessions that expire. It is finished by what saves it, not by the page, which may be gone by then.
 */

const prefix = (userId: string) => `draft/${userId}/`;

/** A draft as a request sees it. */
export interface SentDraft {
  /** The Idempotency-Key to create it with: the same for the same body, also after a reload. */
  keyFor: (body: unknown) => string;
  /** It is saved: forget it, unless one has written on meanwhile. */
  saved: () => void;
}

export interface Draft<T> extends SentDraft {
  value: T;
  set: (value: T) => void;
  /** Given up: forget it and start again from the initial value. */
  clear: () => void;
  saved: (value?: T) => void;
  /** It was there when the page opened. */
  restored: boolean;
}

/** `name` says what is being written: "comment/V325813929". An empty value keeps no draft. */
export function useDraft<T>(userId: string, name: string, initial: T): Draft<T> {
  const key = prefix(userId) + name;
  const store = storeOf(key);
  const kept = store.useValue();
  const [touched, setTouched] = useState(false);
  const value = kept ? (kept.value as T) : initial;
  return {
    value,
    restored: kept !== null && !touched,
    set: (next) => {
      setTouched(true);
      keep(key, alike(next, initial) ? null : { ...store.get(), value: next });
    },
    clear: () => keep(key, null),
    keyFor: (body) => {
      const sent = sentAs(body, store.get()?.sent);
      keep(key, { value, ...store.get(), sent });
      return sent.key;
    },
    saved: (what = value) => {
      const now = store.get();
      keep(key, !now || alike(now.value, what) ? null : { value: now.value });
    },
  };
}

interface Kept {
  value: unknown;
  sent?: Sent;
}

const stores = new Map<string, Store<Kept | null>>();

function storeOf(key: string): Store<Kept | null> {
  const known = stores.get(key);
  if (known) return known;
  const store = createStore(read(key));
  stores.set(key, store);
  return store;
}

function keep(key: string, kept: Kept | null): void {
  storeOf(key).set(kept);
  if (kept) writeStored(key, kept);
  else removeStored(key);
}

function read(key: string): Kept | null {
  const stored = readStored(key);
  // An older draft is its bare value.
  return stored === null || (typeof stored === "object" && "value" in stored) ? stored : { value: stored };
}

// The same draft, finished or continued in another tab.
window.addEventListener("storage", ({ key }) => {
  if (key !== null) stores.get(key)?.set(read(key));
});

const alike = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** The names of what this person left unsaved, as far as they begin with `base`. */
export const draftNames = (userId: string, base: string) => storedKeys(prefix(userId) + base).map((key) => key.slice(prefix(userId).length));
export const countDrafts = (userId: string) => storedKeys(prefix(userId)).length;
export const discardDrafts = (userId: string) => storedKeys(prefix(userId)).forEach((key) => keep(key, null));
