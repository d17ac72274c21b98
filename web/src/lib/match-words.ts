import { fold } from "@/lib/fold";

/** "net vpn" finds "Infrastructure › Network › VPN"; accents and case do not matter. */
export function hasAllWords(text: string, typed: string): boolean {
  const folded = fold(text);
  return fold(typed)
    .split(/\s+/u)
    .every((word) => folded.includes(word));
}
