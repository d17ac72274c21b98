import { fold } from "@/lib/fold";

/** "net vpn" finds "Infrastructure › Network › VPN"; accents and case do not matter. */
export function hasAllWords(text: string, typed: string): boolean {
  return fold(typed)
    .split(/\s+/u)
    .every((word) => fold(text).includes(word));
}
