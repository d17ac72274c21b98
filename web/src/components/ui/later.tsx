import { useEffect, useState, type ComponentType, type ReactNode } from "react";

/**
 * A component that is fetched when it is first shown, or by `load` before. In the place of React's `lazy`, which goes
 * through its fallback even if all is there, and whose Suspense then holds back for 300 ms what has come.
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
    return Component ? <Component {...(props as unknown as Props)} /> : fallback;
  }
  return Object.assign(Later, { load });
}
