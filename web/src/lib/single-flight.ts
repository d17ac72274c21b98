import { useRef } from "react";

/** Lets one request fly at a time: a second press before the answer, even before the next paint, is not a second request. */
export function useSingleFlight() {
  const flying = useRef(false);
  return {
    /** False while one is under way. */
    take: (): boolean => {
      if (flying.current) return false;
      flying.current = true;
      return true;
    },
    land: (): void => {
      flying.current = false;
    },
  };
}
