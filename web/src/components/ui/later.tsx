import { useEffect, useEffectEvent, useState, type ComponentType, type ReactNode } from "react";

import { toastFailed } from "@/components/ui/toast";

/**
 * A component that is fetched when it is first shown, or by `load` before. In the place of React's `lazy`, which goes
 * through its fallback even if all is there, and whose Suspense then holds back for 300 ms what has come.
 *
 * With a fallback it is a part of the page, which fails with it. Without one it opens over the page: it has the keys
 * from the first moment on, and if it cannot be fetched, it closes and a toast says so over an unharmed page.
 */
export function later<Props extends object>(fetch: () => Promise<ComponentType<Props>>) {
  const known: { Component?: ComponentType<Props> } = {};
  const load = async () => {
    known.Component ??= await fetch();
  };
  function Later({ fallback, ...props }: Props & { fallback?: ReactNode }) {
    const [{ Component, failed }, setKnown] = useState<typeof known & { failed?: boolean }>({ ...known });
    const fail = useEffectEvent((error: unknown) => {
      if (fallback)
        return setKnown(() => {
          throw error;
        });
      setKnown({ failed: true });
      offerReload();
      (props as { onClose?: () => void }).onClose?.();
    });
    useEffect(() => {
      if (Component) return;
      let gone = false;
      load().then(
        () => gone || setKnown({ ...known }),
        (error: unknown) => gone || fail(error),
      );
      return () => {
        gone = true;
      };
    }, [Component]);
    if (Component) return <Component {...(props as unknown as Props)} />;
    return fallback ?? (failed ? null : <OverlayPending />);
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

/** The server is out of reach, or has a newer client and this one's files no more. */
export const offerReload = () => toastFailed("This could not be fetched. Check your connection, or load the page anew: drafts are kept.", { label: "Reload", run: () => location.reload() });
