import type { SeenTicket } from "@/features/tickets/api/get-ticket";
import { createStore } from "@/lib/store";

export type PaletteMode = "everything" | "assign" | "status";

type Overlay = { kind: "palette"; mode: PaletteMode; targets: readonly string[] } | { kind: "reroute"; seen: readonly SeenTicket[] } | { kind: "shortcuts" } | { kind: "sign-out" };

/** What lies over the page at the moment: one thing at most. */
export const overlay = createStore<Overlay | null>(null);

export const openPalette = (mode: PaletteMode = "everything", targets: readonly string[] = []) => overlay.set({ kind: "palette", mode, targets });
/** `seen`: the tickets as they are when one begins: a choice of where to takes longer than a list stays as it is. */
export const openReroute = (seen: readonly SeenTicket[]) => seen.length > 0 && overlay.set({ kind: "reroute", seen });
export const openShortcutHelp = () => overlay.set({ kind: "shortcuts" });
export const openSignOut = () => overlay.set({ kind: "sign-out" });
