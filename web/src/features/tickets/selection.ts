import { createStore } from "@/lib/store";

/** The tickets that keys and the palette act on: those selected in a list, else the one in focus or open. */
export const selectedTickets = createStore<readonly string[]>([]);
export const focusedTicket = createStore<string | null>(null);

export function targets(): readonly string[] {
  const selected = selectedTickets.get();
  const focused = focusedTicket.get();
  if (selected.length > 0) return selected;
  return focused ? [focused] : [];
}

export function toggleSelected(displayId: string): void {
  selectedTickets.set((ids) => (ids.includes(displayId) ? ids.filter((id) => id !== displayId) : [...ids, displayId]));
}

/** How many one selects at once: each is a request of its own. */
export const selectLimit = 100;
const shownTickets = createStore<readonly string[]>([]);
export const useShownCount = () => shownTickets.useValue().length;

/** What is selected already stays so, also further down than there is room for. */
export function selectShown(): void {
  selectedTickets.set((ids) => {
    const others = shownTickets.get().filter((id) => !ids.includes(id));
    return [...ids, ...others.slice(0, Math.max(0, selectLimit - ids.length))];
  });
}

export const clearSelection = () => selectedTickets.set([]);

/** What a list no longer shows is no target either: nobody would see what happens to it. */
export function keepOnly(shown: readonly string[]): void {
  shownTickets.set(shown);
  const remains = new Set(shown);
  if (!selectedTickets.get().every((id) => remains.has(id))) selectedTickets.set((ids) => ids.filter((id) => remains.has(id)));
  // A row that goes away while it has the focus does not always lose it by an event.
  focusedTicket.set((id) => (id && remains.has(id) ? id : null));
}
