import type { ReactNode } from "react";

/** One line of the palette. */
export interface Command {
  id: string;
  section: string;
  text: string;
  hint?: string;
  keys?: string;
  icon: ReactNode;
  run: () => void;
}

/** Every typed word stands somewhere in the line. */
export function matches({ text, hint, section }: Command, typed: string): boolean {
  const line = `${text} ${hint ?? ""} ${section}`.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/u)
    .every((word) => line.includes(word));
}

/** Whether a word of the command begins with what is typed. */
export function begins({ text }: Command, typed: string): boolean {
  return ` ${text.toLowerCase()}`.includes(` ${typed.trim().toLowerCase()}`);
}
