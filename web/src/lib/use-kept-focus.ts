import { useEffect, useRef, type RefObject } from "react";

const pageHeading = () => document.querySelector<HTMLElement>("main h1[tabindex]");

/**
 * What goes takes the focus with it, and a dialog gives it back to a button that is gone: the heading has it then, the
 * page's or a part's own. `holders` counts what can have the focus and go; it is looked after when they become fewer.
 */
export function useKeptFocus(holders: number, own?: RefObject<HTMLElement | null>): void {
  const before = useRef(holders);
  useEffect(() => {
    const fewer = holders < before.current;
    before.current = holders;
    // After the dialog, which gives it back in a frame of its own. Not called off: by then, more may have come.
    if (fewer) requestAnimationFrame(() => document.activeElement === document.body && (own ? own.current : pageHeading())?.focus({ preventScroll: true }));
  }, [holders, own]);
}
