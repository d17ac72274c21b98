import { useEffect } from "react";

/** Says something to those who listen instead of look. The two regions stand in the shell, and stay heard while a dialog is open. */
export function announce(message: string, urgency: "polite" | "assertive" = "polite"): void {
  const region = document.getElementById(`announcer-${urgency}`);
  if (!region) return;
  // The same words twice in a row would not be read again without a change in between.
  region.textContent = region.textContent === message ? `${message}\u00a0` : message;
}

/** Says how much there is to see, when that changes and when something else was asked for: also then when it is as much as before. */
export function useAnnounced(message: string | null, asked?: unknown): void {
  const question = JSON.stringify(asked);
  useEffect(() => {
    if (message !== null) announce(message);
  }, [message, question]);
}
