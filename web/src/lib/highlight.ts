import { fold } from "@/lib/fold";

export interface Piece {
  text: string;
  match: boolean;
}

/** The text cut where a word of the search stands: [{text: "VPN ", match: false}, {text: "down", match: true}]. */
export function highlight(text: string, search: string | undefined): Piece[] {
  const pattern = patternOf(wordsOf(search));
  if (!pattern) return [{ text, match: false }];
  const { folded, at } = withPlaces(text);
  const pieces: Piece[] = [];
  let done = 0;
  for (const found of folded.matchAll(pattern)) {
    const start = at[found.index]!;
    const end = at[found.index + found[0].length]!;
    pieces.push({ text: text.slice(done, start), match: false }, { text: text.slice(start, end), match: true });
    done = end;
  }
  return [...pieces, { text: text.slice(done), match: false }].filter((piece) => piece.text !== "");
}

const wordsOf = (search: string | undefined) => fold(search ?? "").split(/\s+/u).filter(Boolean);

function patternOf(words: readonly string[]): RegExp | null {
  const forms = words.flatMap((word) => [word, stem(word)]).sort((a, b) => b.length - a.length);
  return forms.length > 0 ? new RegExp(forms.map(escapePattern).join("|"), "gu") : null;
}

/** The server finds "printed" by "printing", too. */
const stem = (word: string) => word.replace(/(?<=^\p{L}{3,})(?:ing|ed|es|s)$/u, "");

function escapePattern(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** The text as it is compared, and where each of its signs stands in the text itself. */
function withPlaces(text: string): { folded: string; at: readonly number[] } {
  let folded = "";
  let place = 0;
  const at: number[] = [];
  for (const sign of text) {
    const part = fold(sign);
    for (let count = 0; count < part.length; count++) at.push(place);
    folded += part;
    place += sign.length;
  }
  return { folded, at: [...at, place] };
}

/** The part of a long text around the first word of the search that does not stand `elsewhere`, or null when there is none. */
export function excerpt(text: string, search: string | undefined, elsewhere = "", around = 60): string | null {
  const seen = fold(elsewhere);
  const pattern = patternOf(wordsOf(search).filter((word) => !seen.includes(word)));
  const { folded, at } = withPlaces(text);
  const found = pattern && folded.search(pattern);
  if (found === null || found < 0) return null;
  const place = at[found]!;
  const start = place < around ? 0 : text.indexOf(" ", place - around) + 1;
  const end = place + 2 * around;
  return `${start > 0 ? "…" : ""}${text.slice(start, end).replace(/\s+/gu, " ")}${end < text.length ? "…" : ""}`;
}
