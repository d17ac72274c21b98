import { useEffect, useState } from "react";

import { draftNames } from "@/lib/drafts";
import { randomId } from "@/lib/random-id";

/** Milliseconds that this tab waits for a draft it held a moment ago, before a reload. */
const patience = 500;

/**
 * The name of a draft that no other open tab writes at: this tab's own from before a reload, else one that was left,
 * else a new one. Null until it is known. Over plain http browsers have no locks, and all tabs write at one draft.
 */
export function useOwnDraft(userId: string, base: string): string | null {
  const [name, setName] = useState<string | null>(null);
  useEffect(() => {
    const here = Promise.withResolvers<unknown>();
    void claim(userId, base, here.promise).then(setName);
    return () => here.resolve(null);
  }, [userId, base]);
  return name;
}

async function claim(userId: string, base: string, held: Promise<unknown>): Promise<string> {
  if (!("locks" in navigator)) return base;
  const left = draftNames(userId, base);
  const own = left.find((name) => name === readOwn(base));
  if (own && (await lock(userId, own, held, { signal: AbortSignal.timeout(patience) }))) return own;
  for (const name of [...left, base]) {
    if (await lock(userId, name, held, { ifAvailable: true })) return noteOwn(base, name);
  }
  const fresh = `${base}/${randomId()}`;
  await lock(userId, fresh, held, {});
  return noteOwn(base, fresh);
}

/** Whether it was free; it is ours then until `held` is done. */
function lock(userId: string, name: string, held: Promise<unknown>, options: LockOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const taken = (granted: Lock | null) => {
      resolve(granted !== null);
      return granted ? held : undefined;
    };
    navigator.locks.request(`draft/${userId}/${name}`, options, taken).catch(() => resolve(false));
  });
}

// Of this tab, and still there after a reload. Where it is closed, a reload takes any draft that was left.
function readOwn(base: string): string | null {
  try {
    return sessionStorage.getItem(base);
  } catch {
    return null;
  }
}

function noteOwn(base: string, name: string): string {
  try {
    sessionStorage.setItem(base, name);
  } catch {
    // Closed.
  }
  return name;
}
