import { useRef } from "react";

/**
 * Lets one request fly at a time: `fly(async () => {...}, (error) => ...)`. A second press before the answer, even
 * before the next paint, is not a second request. What was begun is also ended when its form is gone (`useHere`).
 */
export function useSingleFlight() {
  const flying = useRef(false);
  const fly = async (request: () => Promise<unknown>, failed: (error: Error) => void) => {
    if (flying.current) return;
    flying.current = true;
    try {
      await request();
    } catch (error) {
      failed(error as Error);
    } finally {
      flying.current = false;
    }
  };
  return (...flight: Parameters<typeof fly>): void => void fly(...flight);
}
