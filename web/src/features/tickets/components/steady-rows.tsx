import { Component, createRef, type ReactNode } from "react";

interface SteadyRowsProps {
  /** Which list this is; another one begins anew. */
  list: string;
  tickets: readonly unknown[];
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
  readonly body = createRef<HTMLTableSectionElement>();

  override getSnapshotBeforeUpdate({ list, tickets }: SteadyRowsProps): Before | null {
    if (tickets === this.props.tickets || list !== this.props.list) return null;
    const rows = this.rows();
    const index = rows.findIndex((row) => row.contains(document.activeElement));
    // At the very top one wants to see what is new.
    const seen = scrollY > 0 ? rows.map((row) => [row, row.getBoundingClientRect()] as const).filter(([, { top, bottom }]) => bottom > 0 && top < innerHeight) : [];
    return { tops: new Map(seen.map(([row, { top }]) => [row, top])), focused: rows[index], index };
  }

  override componentDidUpdate(_props: SteadyRowsProps, _state: unknown, before: Before | null): void {
    if (!before) return;
    const shift = median(moves(before.tops));
    // Not by nothing: that would end a scrolling that is under way.
    if (shift !== 0) scrollBy({ top: shift, behavior: "instant" });
    if (!before.focused || before.focused.isConnected) return;
    const rows = this.rows();
    rows[Math.min(before.index, rows.length - 1)]?.querySelector<HTMLElement>("[data-row-link]")?.focus({ preventScroll: true });
  }

  override render(): ReactNode {
    return (
      <tbody role="rowgroup" ref={this.body}>
        {this.props.children}
      </tbody>
    );
  }

  private rows(): HTMLElement[] {
    return [...(this.body.current?.querySelectorAll<HTMLElement>("[data-ticket]") ?? [])];
  }
}

function moves(tops: Map<HTMLElement, number>): number[] {
  return [...tops].filter(([row]) => row.isConnected).map(([row, top]) => row.getBoundingClientRect().top - top);
}

/** What most of them moved by: a few have gone elsewhere. */
function median(numbers: number[]): number {
  return numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}
