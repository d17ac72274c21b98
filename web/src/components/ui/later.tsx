import { useEffect, useState, type ComponentType, type ReactNode } from "react";

/**
 * A component that is fetched when it is first shown, or by `load` before. In the place of React's `lazy`, which goes
 * through its fallback even if all is there, and whose Suspense then holds back for 300 ms what has come.
 *
 * With a fallback it is a part of the page. Without one it opens over the page, and has the keys from the first moment on.
 */
export function later<Props extends object>(fetch: () => Promise<ComponentType<Props>>) {
  const known: { Component?: ComponentType<Props> } = {};
  const load = async () => {
    known.Component ??= await fetch();
  };
  function Later({ fallback, ...props }: Props & { fallback?: ReactNode }) {
    const [{ Component }, setKnown] = useState({ ...known });
    useEffect(() => {
      if (Component) return;
      let gone = false;
      load().then(
        () => gone || setKnown({ ...known }),
        (error: unknown) =>
          gone ||
          setKnown(() => {
            throw error;
          }),
      );
      return () => {
        gone = true;
      };
    }, [Component]);
    if (Component) return <Component {...(props as unknown as Props)} />;
    return fallback ?? <OverlayPending />;
  }
  return Object.assign(Later, { load });
}

/** What one types while something that opens over the page is on its way is not for the page beneath it, nor for the button that was pressed. */
export function OverlayPending() {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const presses = (event.key === "Enter" || event.key === " ") && !event.ctrlKey && !event.metaKey && !event.altKey;
      if (presses && event.target instanceof Element && event.target.matches("a, button, [type=checkbox], [type=radio]")) event.preventDefault();
    };
    document.addEventListener("keydown", press, true);
    return () => document.removeEventListener("keydown", press, true);
  }, []);
  return <div role="dialog" aria-modal="true" aria-busy="true" aria-label="Loading" className="visually-hidden" />;
}
