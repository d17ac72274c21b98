import { fold } from "@/lib/fold";

export interface Piece {
  text: string;
  match: boolean;
}

/** The text cut where a word of the search stands: [{text: "VPN ", match: false}, {text: "down", match: true}]. */
export function highlight(text: string, search: string | undefined): Piece[] {
  const words = wordsOf(search);
  if (words.length === 0) return [{ text, match: false }];
  const at = placesIn(text);
  const pieces: Piece[] = [];
  let done = 0;
  // Whole words first: of two that begin at the same place, the longer is marked.
  for (const found of fold(text).matchAll(anyOf([...literally(words), ...byStem(words)]))) {
    const start = at[found.index]!;
    const end = at[found.index + found[0].length]!;
    pieces.push({ text: text.slice(done, start), match: false }, { text: text.slice(start, end), match: true });
    done = end;
  }
  return [...pieces, { text: text.slice(done), match: false }].filter((piece) => piece.text !== "");
}

/** The part of a long text around the first word of the search that does not stand `elsewhere`, or null when there is none. */
export function excerpt(text: string, search: string | undefined, elsewhere = "", around = 60): string | null {
  const seen = fold(elsewhere);
  const words = wordsOf(search).filter((word) => !seen.includes(word));
  if (words.length === 0) return null;
  const folded = fold(text);
  const found = [literally(words), byStem(words)].map((forms) => folded.search(anyOf(forms))).find((index) => index >= 0);
  if (found === undefined) return null;
  const place = placeOf(text, found);
  const from = Math.max(0, place - around);
  // From a word's beginning, if one is near.
  const start = from > 0 ? from + text.slice(from, place).search(/\s/u) + 1 : 0;
  const end = place + 2 * around;
  return `${start > 0 ? "…" : ""}${text.slice(start, end).replace(/\s+/gu, " ")}${end < text.length ? "…" : ""}`;
}

const wordsOf = (search: string | undefined) =>
  fold(search ?? "")
    .split(/\s+/u)
    .filter(Boolean)
    .sort((a, b) => b.length - a.length);

const anyOf = (patterns: readonly string[]) => new RegExp(patterns.join("|") || "(?!)", "gu");
const literally = (words: readonly string[]) => words.map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));

/** The server finds "printed" by "printing", too. A stem stands where a word begins: "news" has nothing to do with "renewal". */
const byStem = (words: readonly string[]) => words.filter((word) => stem(word) !== word).map((word) => `(?<![\\p{L}\\p{N}])${stem(word)}`);

/** What is left without a vowel is no word ("string"), and not every e and s is an ending ("notes", "access", "speed"). */
const stem = (word: string) => word.replace(/(?<=^\p{L}*[aeiouy]\p{L}*)(?<=^\p{L}{3,})(?:ing|(?<!e)ed|(?<=[sxz]|[cs]h)es|(?<!s)s)$/u, "");

/** Where each sign of the folded text stands in the text itself, and where it ends. */
function placesIn(text: string): readonly number[] {
  let place = 0;
  const at: number[] = [];
  for (const sign of text) {
    for (let count = fold(sign).length; count > 0; count--) at.push(place);
    place += sign.length;
  }
  return [...at, place];
}

/** The same for one sign of a long text: by halves, for to fold it sign by sign takes a hundred times as long. */
function placeOf(text: string, index: number): number {
  if (text.length < 100) return placesIn(text)[index]!;
  const half = text.length >> 1;
  // Not through the middle of a sign.
  const middle = text.codePointAt(half - 1)! > 0xffff ? half + 1 : half;
  const before = fold(text.slice(0, middle)).length;
  return index < before ? placeOf(text.slice(0, middle), index) : middle + placeOf(text.slice(middle), index - before);
}
