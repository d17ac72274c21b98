import { useEffect, useRef, type RefObject } from "react";

/** Whether what began something is still on the page when it ends. */
export function useHere(): RefObject<boolean> {
  const here = useRef(false);
  useEffect(() => {
    here.current = true;
    return () => {
      here.current = false;
    };
  }, []);
  return here;
}
