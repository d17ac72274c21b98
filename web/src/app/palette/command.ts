import type { ReactNode } from "react";

import { fold } from "@/lib/fold";
import { hasAllWords } from "@/lib/match-words";

/** One line of the palette. */
export interface Command {
  id: string;
  section: string;
  text: string;
  hint?: string;
  /** What else people call it: never shown. */
  words?: string;
  keys?: string;
  icon: ReactNode;
  run: () => void;
}

/** Every typed word stands somewhere in the line, or is another word for it. */
export const matches = ({ text, hint, section, words }: Command, typed: string) => hasAllWords([text, hint, section, words].join(" "), typed);

/** Whether a word of the command, or another word for it, begins with what is typed. */
export function begins({ text, words }: Command, typed: string): boolean {
  return ` ${fold([text, words].join(" "))}`.includes(` ${fold(typed.trim())}`);
}
