import { useSyncExternalStore } from "react";

/*
 * One clock for all that says how long ago something was. It rests while nobody sees the page; whoever comes back
 * finds the time as it is.
 */

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;

const tell = () => listeners.forEach((listener) => listener());

function run(): void {
  clearInterval(timer);
  if (listeners.size > 0 && !document.hidden) timer = setInterval(tell, 60_000);
}

function resume(): void {
  if (!document.hidden) tell();
  run();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  if (listeners.size === 1) {
    document.addEventListener("visibilitychange", resume);
    run();
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    document.removeEventListener("visibilitychange", resume);
    run();
  };
}

/** A text that depends on the time; what shows it is drawn again only in a minute in which the text changes. */
export const useEachMinute = (text: () => string): string => useSyncExternalStore(listen, text);
