import { highlight } from "@/lib/highlight";

/** Text in which the words of a search are marked. */
export function Highlighted({ text, search }: { text: string; search?: string }) {
  if (!search) return text;
  return highlight(text, search).map((piece, index) => (piece.match ? <mark key={index}>{piece.text}</mark> : piece.text));
}
