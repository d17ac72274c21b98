import type { PersonRef, Role } from "@/api/wire";

const roleLabels: Record<Role, string> = { ADMIN: "Admin", AGENT: "Agent", USER: "User", SERVICE: "Service" };

export const roleLabel = (role: Role) => roleLabels[role];
export const roles: readonly Role[] = ["ADMIN", "AGENT", "USER", "SERVICE"];

/** "Ada Lovelace" → "AL", "goddard" → "GO" */
export function initials(name: string): string {
  const words = name.trim().split(/\s+/u).filter(Boolean);
  const letters = words.length > 1 ? [words[0]!, words.at(-1)!].map((word) => signs(word)[0]) : signs(words[0] ?? "?").slice(0, 2);
  return letters.join("").toLocaleUpperCase();
}

const segmenter = new Intl.Segmenter("en");

/** Letters as people count them: an emoji or an accented letter is one. */
const signs = (word: string) => Array.from(segmenter.segment(word), ({ segment }) => segment);

/** One of `hues` colours, always the same one for a person. */
export function hueOf(person: Pick<PersonRef, "id">, hues = 10): number {
  let hash = 0;
  for (const sign of person.id) hash = (hash * 31 + sign.codePointAt(0)!) >>> 0;
  return hash % hues;
}

const byName = new Intl.Collator("en", { sensitivity: "base" });

/** Those who work on tickets first, everybody else after them, each by name (A4). */
export function assignable<P extends { displayName: string; role: Role }>(people: readonly P[]): { staff: P[]; others: P[] } {
  const sorted = [...people].sort((a, b) => byName.compare(a.displayName, b.displayName));
  return { staff: sorted.filter((p) => p.role !== "USER"), others: sorted.filter((p) => p.role === "USER") };
}
