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

type Table = RefObject<HTMLTableElement | null>;

/**
 * Back from a ticket, the list stands as it was left, and the ticket's row has the focus. Pixels alone, as the router
 * remembers them, are not enough: a row has its own height only once it has been seen.
 */
export function usePlace(table: Table): void {
  const router = useRouter();
  useLayoutEffect(() => {
    const row = takePlace(table, router.latestLocation);
    row?.querySelector<HTMLElement>("[data-row-link]")?.focus({ preventScroll: true });
    const subscriptions = [
      router.subscribe("onBeforeLoad", ({ fromLocation, toLocation }) => fromLocation && keepPlace(table, fromLocation, toLocation)),
      router.subscribe("onRendered", ({ toLocation }) => {
        takePlace(table, toLocation);
        // Once more when the rows around it have been seen.
        requestAnimationFrame(() => takePlace(table, toLocation));
      }),
    ];
    return () => subscriptions.forEach((unsubscribe) => unsubscribe());
  }, [router, table]);
}

function keepPlace(table: Table, from: ParsedLocation, to: ParsedLocation): void {
  const opened = rowOf(table, to.pathname.replace("/tickets/", ""));
  const row = opened ?? document.activeElement?.closest<HTMLElement>("[data-ticket]") ?? firstSeen(table);
  if (row) places.set(keyOf(from), { displayId: row.dataset.ticket!, top: row.getBoundingClientRect().top });
}

function takePlace(table: Table, location: ParsedLocation): HTMLElement | null {
  const place = places.get(keyOf(location));
  const row = place ? rowOf(table, place.displayId) : null;
  if (place && row) scrollBy({ top: row.getBoundingClientRect().top - place.top, behavior: "instant" });
  return row;
}

const rowOf = (table: Table, displayId: string) => table.current?.querySelector<HTMLElement>(`[data-ticket="${CSS.escape(displayId)}"]`) ?? null;
const firstSeen = (table: Table) => [...(table.current?.querySelectorAll<HTMLElement>("[data-ticket]") ?? [])].find((row) => row.getBoundingClientRect().bottom > 0);
