import { Component, type ReactNode, type RefObject } from "react";

interface SteadyRowsProps {
  table: RefObject<HTMLTableElement | null>;
  tickets: readonly { displayId: string }[];
  /** Which of them are drawn, and how much space the others have. */
  drawn: string;
  children: ReactNode;
}

interface Before {
  tops: Map<HTMLElement, number>;
  focused: HTMLElement | undefined;
  index: number;
}

/**
 * Rows come, go and move while one looks at them; what one looks at stays where it is. A focused row that goes leaves
 * the focus to the one in its place. A class: nothing else is asked before the change is made.
 */
export class SteadyRows extends Component<SteadyRowsProps> {
  override getSnapshotBeforeUpdate({ tickets, drawn }: SteadyRowsProps): Before | null {
    if (tickets === this.props.tickets && drawn === this.props.drawn) return null;
    const rows = this.rows();
    const index = rows.findIndex((row) => row.contains(document.activeElement));
    // At the very top one wants to see what is new, unless one is about to press what is there.
    const stays = scrollY > 0 || rows.some((row) => row.matches(":hover"));
    const seen = stays ? rows.map((row) => [row, row.getBoundingClientRect()] as const).filter(([, { top, bottom }]) => bottom > 0 && top < innerHeight) : [];
    return { tops: new Map(seen.map(([row, { top }]) => [row, top])), focused: rows[index], index };
  }

  override componentDidUpdate(_props: SteadyRowsProps, _state: unknown, before: Before | null): void {
    if (!before) return;
    const shift = median(moves(before.tops));
    // Not by nothing: that would end a scrolling that is under way.
    if (shift !== 0) scrollBy({ top: shift, behavior: "instant" });
    if (!before.focused || before.focused.isConnected) return;
    const rows = this.rows();
    // In another block now, it is another element.
    const same = rows.find((row) => row.dataset.ticket === before.focused!.dataset.ticket);
    // Nor may another have it, for keys to act on, because one looks elsewhere.
    const gone = !this.props.tickets.some(({ displayId }) => displayId === before.focused!.dataset.ticket);
    const next = same ?? (gone ? rows[Math.min(before.index, rows.length - 1)] : undefined);
    next?.querySelector<HTMLElement>("[data-row-link]")?.focus({ preventScroll: true });
  }

  override render(): ReactNode {
    return this.props.children;
  }

  private rows(): HTMLElement[] {
    return [...(this.props.table.current?.querySelectorAll<HTMLElement>("[data-ticket]") ?? [])];
  }
}

function moves(tops: Map<HTMLElement, number>): number[] {
  return [...tops].filter(([row]) => row.isConnected).map(([row, top]) => row.getBoundingClientRect().top - top);
}

/** What most of them moved by: a few have gone elsewhere. */
function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
