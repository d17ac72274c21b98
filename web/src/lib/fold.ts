/** Letters whose stroke is no accent to Unicode, though it is to who types without it. As the search on the server. */
const strokes: Record<string, string> = { ø: "o", ł: "l", đ: "d", ð: "d", ħ: "h", ŧ: "t", ı: "i", ß: "ss", æ: "ae", œ: "oe", þ: "th" };

/** Lower case without accents: "Müller" and "muller" read the same. */
export const fold = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[øłđðħŧıßæœþ]/g, (letter) => strokes[letter]!)
    .normalize("NFKD")
    .replace(/\p{M}/gu, "");
