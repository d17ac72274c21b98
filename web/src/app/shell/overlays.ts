import { createStore } from "@/lib/store";

export type PaletteMode = "everything" | "assign" | "status";

type Overlay = { kind: "palette"; mode: PaletteMode; targets: readonly string[] } | { kind: "shortcuts" } | { kind: "sign-out" };

/** What lies over the page at the moment: one thing at most. */
export const overlay = createStore<Overlay | null>(null);

export const openPalette = (mode: PaletteMode = "everything", targets: readonly string[] = []) => overlay.set({ kind: "palette", mode, targets });
export const openShortcutHelp = () => overlay.set({ kind: "shortcuts" });
export const openSignOut = () => overlay.set({ kind: "sign-out" });
