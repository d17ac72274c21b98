import { useEffect, type RefObject } from "react";

/** The first row in sight, and how far down the window it stands. */
interface Anchor {
  displayId: string;
  top: number;
}

/** So long rows that come into sight go on finding their heights, and those of the blocks above are guessed anew. */
const framesToSettle = 8;

/** Somebody scrolls, and not we: what `scroll` cannot tell. */
const signsOfScrolling = ["wheel", "touchmove", "keydown"] as const;
const scrollingKeys = ["ArrowUp", "ArrowDown", "PageUp", "PageDown", "Home", "End", " "];

/** A window that is made narrower or wider lays all rows out anew; the first one in sight stays where it was. */
export function useAnchor(table: RefObject<HTMLTableElement | null>): void {
  useEffect(() => {
    const element = table.current!;
    let { clientWidth: width } = element;
    let anchor: Anchor | undefined;
    let frame = 0;
    let framesLeft = 0;
    /** Where the page stood once it was settled: as long as it stands there, nobody has scrolled. */
    let settled: number | undefined;

    const note = () => {
      if (framesLeft > 0 || scrollY === settled || element.clientWidth !== width) return;
      settled = undefined;
      // At the very top one wants to see what is new.
      anchor = scrollY > 0 ? firstInSight(element) : undefined;
    };
    const stay = () => {
      framesLeft = anchor && putBack(element, anchor) ? framesLeft - 1 : 0;
      settled = scrollY;
      if (framesLeft > 0) frame = requestAnimationFrame(stay);
    };
    const scrolled = (event: WheelEvent | TouchEvent | KeyboardEvent) => {
      // Ctrl and the wheel zoom, which is what changes the width.
      const scrolls = "key" in event ? scrollingKeys.includes(event.key) : !event.ctrlKey;
      if (framesLeft === 0 || !scrolls) return;
      cancelAnimationFrame(frame);
      framesLeft = 0;
      settled = undefined;
    };
    const observer = new ResizeObserver(() => {
      if (element.clientWidth === width) return;
      width = element.clientWidth;
      cancelAnimationFrame(frame);
      framesLeft = framesToSettle;
      stay();
    });
    observer.observe(element);
    addEventListener("scroll", note, { passive: true });
    for (const sign of signsOfScrolling) addEventListener(sign, scrolled, { passive: true });
    return () => {
      observer.disconnect();
      for (const sign of signsOfScrolling) removeEventListener(sign, scrolled);
      removeEventListener("scroll", note);
      cancelAnimationFrame(frame);
    };
  }, [table]);
}

/** The first that no bar covers, as the style sheets say what bars there are. */
function firstInSight(table: HTMLTableElement): Anchor | undefined {
  const rows = [...table.querySelectorAll<HTMLElement>("[data-ticket]")];
  if (!rows[0]) return undefined;
  const covered = pixels(getComputedStyle(document.documentElement).scrollPaddingTop) + pixels(getComputedStyle(rows[0]).scrollMarginTop);
  const row = rows.find((one) => one.getBoundingClientRect().top >= covered);
  return row && { displayId: row.dataset.ticket!, top: row.getBoundingClientRect().top };
}

const pixels = (length: string) => parseFloat(length) || 0;

function putBack(table: HTMLTableElement, { displayId, top }: Anchor): boolean {
  const row = table.querySelector(`[data-ticket="${CSS.escape(displayId)}"]`);
  if (!row) return false;
  scrollBy({ top: row.getBoundingClientRect().top - top, behavior: "instant" });
  // There are other bars now: it may have come to stand beneath one.
  row.scrollIntoView({ block: "nearest", behavior: "instant" });
  return true;
}
