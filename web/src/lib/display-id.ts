const whole = /^\s*(V\d{9})\s*$/i;

/** "V325813929" when that is all that was typed or pasted. */
export function asDisplayId(text: string): string | null {
  return text.match(whole)?.[1]?.toUpperCase() ?? null;
}
