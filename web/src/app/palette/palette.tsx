import type { SessionUser } from "@/api/wire";
import type { PaletteMode } from "@/app/shell/overlays";

export function Palette(_: { mode: PaletteMode; targets: readonly string[]; me: SessionUser; onClose: () => void }) {
  return null;
}
