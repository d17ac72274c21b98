import { useRouter, type ParsedLocation } from "@tanstack/react-router";
import { useLayoutEffect, type RefObject } from "react";

/** How a list was left: at which row, and how far down the window that row stood. */
interface Place {
  displayId: string;
  top: number;
}

/** By entry of the browser's history. */
const places = new Map<string, Place>();
const keyOf = (location: ParsedLocation) => location.state.__TSR_key ?? location.href;
export const placeOf = (location: ParsedLocation): Place | undefined => places.get(keyOf(location));

type Table = RefObject<HTMLTableElement | null>;

/**
 * Back from a ticket, the list stands as it was left, and the ticket's row has the focus. Pixels alone, as the router
 * remembers them, are not enough: a row has its own height only once it has been seen.
 */
export function usePlace(table: Table): void {
  const router = useRouter();
  useLayoutEffect(() => {
    const row = takePlace(table, router.latestLocation);
    // Another list than the one that was here a moment ago is seen from its beginning.
    if (!row) scrollTo({ top: 0, behavior: "instant" });
    row?.querySelector<HTMLElement>("[data-row-link]")?.focus({ preventScroll: true });
    const subscriptions = [
      router.subscribe("onBeforeLoad", ({ fromLocation, toLocation }) => fromLocation && keepPlace(table, fromLocation, toLocation)),
      router.subscribe("onRendered", ({ toLocation }) => stay(table, toLocation)),
    ];
    return () => subscriptions.forEach((unsubscribe) => unsubscribe());
  }, [router, table]);
}

function keepPlace(table: Table, from: ParsedLocation, to: ParsedLocation): void {
  const opened = rowOf(table, to.pathname.replace("/tickets/", ""));
  const row = opened ?? document.activeElement?.closest<HTMLElement>("[data-ticket]") ?? firstSeen(table);
  if (row) places.set(keyOf(from), { displayId: row.dataset.ticket!, top: row.getBoundingClientRect().top });
}

/** For some frames: the rows around it are seen in the first of them, and have their own heights from then on. */
function stay(table: Table, location: ParsedLocation, frames = 4): void {
  if (takePlace(table, location) && frames > 0) requestAnimationFrame(() => stay(table, location, frames - 1));
}

function takePlace(table: Table, location: ParsedLocation): HTMLElement | null {
  const place = placeOf(location);
  const row = place ? rowOf(table, place.displayId) : null;
  if (place && row) scrollBy({ top: row.getBoundingClientRect().top - place.top, behavior: "instant" });
  return row;
}

const rowOf = (table: Table, displayId: string) => table.current?.querySelector<HTMLElement>(`[data-ticket="${CSS.escape(displayId)}"]`) ?? null;
export const firstSeen = (table: Table) => [...(table.current?.querySelectorAll<HTMLElement>("[data-ticket]") ?? [])].find((row) => row.getBoundingClientRect().bottom > 0);
