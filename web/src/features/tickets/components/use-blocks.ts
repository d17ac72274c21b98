import { useEffect, useMemo, useState, type RefObject } from "react";
import { flushSync } from "react-dom";

const blockSize = 50;
/** How far above and below the window rows are drawn: further than a key or a wheel leads before the next are. */
const reach = "4000px 0px";
/** How tall the rows of this screen are, as far as any have been seen. */
let rowHeight = 36;

export interface Block<T> {
  members: readonly T[];
  /** The place of its first member in the whole list. */
  start: number;
  /** Else it is an empty space of this height. */
  drawn: boolean;
  height: number;
}

interface Seen {
  near: boolean;
  /** As it was when it was seen last; unknown once the rows are laid out anew. */
  height?: number;
}

/** A long list in blocks, of which only those near the window are drawn, those around what is `held`, and all for a printer. */
export function useBlocks<T>(table: RefObject<HTMLTableElement | null>, list: readonly T[], held: (member: T) => boolean): Block<T>[] {
  const [seen, setSeen] = useState<ReadonlyMap<number, Seen>>(new Map());
  const printing = usePrinting();
  const parts = useMemo(() => inParts(list), [list]);
  useEffect(() => {
    const bodies = [...table.current!.tBodies];
    const observer = new IntersectionObserver(
      (entries) => {
        const told = entries.map(({ target, isIntersecting, boundingClientRect: { height } }) => {
          const body = target as HTMLTableSectionElement;
          if (body.rows.length > 0) rowHeight = height / body.rows.length;
          return [bodies.indexOf(body), { near: isIntersecting, height }] as const;
        });
        setSeen((before) => new Map([...before, ...told]));
      },
      { rootMargin: reach },
    );
    bodies.forEach((body) => observer.observe(body));
    return () => observer.disconnect();
  }, [table, parts.length]);
  useEffect(() => {
    // Of its own: an observer may be told of the table's going before this effect is.
    const element = table.current!;
    let width = element.clientWidth;
    let frame = 0;
    const forget = () => {
      rowHeight = heightInSight(element) ?? rowHeight;
      setSeen((before) => new Map([...before].map(([index, { near }]) => [index, { near }])));
    };
    const observer = new ResizeObserver(() => {
      if (element.clientWidth === width) return;
      width = element.clientWidth;
      cancelAnimationFrame(frame);
      // Rows that have just come into sight are laid out in the frame after this one.
      frame = requestAnimationFrame(() => (frame = requestAnimationFrame(forget)));
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
    };
  }, [table]);

  const holding = parts.findIndex((part) => part.some(held));
  return parts.map((members, index) => {
    const { near, height = members.length * rowHeight } = seen.get(index) ?? { near: index < 3 && holding === -1 };
    const drawn = printing || near || (holding !== -1 && Math.abs(index - holding) < 2);
    return { members, start: index * blockSize, drawn, height };
  });
}

function inParts<T>(list: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(list.length / blockSize) }, (_, index) => list.slice(index * blockSize, (index + 1) * blockSize));
}

/** Of a row, as far as any are seen: those out of sight still have the height of their last layout. */
function heightInSight(table: HTMLTableElement): number | undefined {
  const seen = [...table.querySelectorAll("[data-ticket]")].map((row) => row.getBoundingClientRect()).filter(({ top, bottom }) => bottom > 0 && top < innerHeight);
  return seen.length > 0 ? seen.reduce((sum, { height }) => sum + height, 0) / seen.length : undefined;
}

/** What is printed is all there is: also what is drawn nowhere yet. */
function usePrinting(): boolean {
  const [printing, setPrinting] = useState(false);
  useEffect(() => {
    const ended = new AbortController();
    for (const [event, now] of [["beforeprint", true], ["afterprint", false]] as const)
      addEventListener(event, () => flushSync(() => setPrinting(now)), { signal: ended.signal });
    return () => ended.abort();
  }, []);
  return printing;
}
