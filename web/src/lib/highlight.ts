export interface Piece {
  text: string;
  match: boolean;
}

/** The text cut where a word of the search stands: [{text: "VPN ", match: false}, {text: "down", match: true}]. */
export function highlight(text: string, search: string | undefined): Piece[] {
  const words = (search ?? "").trim().split(/\s+/u).filter(Boolean).sort((a, b) => b.length - a.length);
  if (words.length === 0) return [{ text, match: false }];
  const pattern = new RegExp(`(${words.map(escapePattern).join("|")})`, "giu");
  return text
    .split(pattern)
    .map((part, index) => ({ text: part, match: index % 2 === 1 }))
    .filter((piece) => piece.text !== "");
}

function escapePattern(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** The part of a long text around the first word of the search, or null when no word stands in it. */
export function excerpt(text: string, search: string | undefined, around = 60): string | null {
  const words = (search ?? "").toLowerCase().split(/\s+/u).filter(Boolean);
  const lower = text.toLowerCase();
  const at = words.map((word) => lower.indexOf(word)).find((index) => index >= 0);
  if (at === undefined) return null;
  const start = at < around ? 0 : text.indexOf(" ", at - around) + 1;
  const end = at + 2 * around;
  return `${start > 0 ? "…" : ""}${text.slice(start, end).replace(/\s+/gu, " ")}${end < text.length ? "…" : ""}`;
}
