const plain = (words: string) => words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** "net vpn" finds "Infrastructure › Network › VPN"; accents and case do not matter. */
export function hasAllWords(text: string, typed: string): boolean {
  return plain(typed)
    .split(/\s+/u)
    .every((word) => plain(text).includes(word));
}
