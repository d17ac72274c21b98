/** A text and what is selected in it. */
export interface Selection {
  text: string;
  start: number;
  end: number;
}

export type Markup = "bold" | "italic" | "code" | "link" | "quote" | "list" | "task";

export interface Insertion {
  /** What to replace, as positions in the text. */
  from: number;
  to: number;
  insert: string;
  /** What is selected afterwards. */
  selectFrom: number;
  selectTo: number;
}

/** What a toolbar button does to the selected text. */
export function markUp(selection: Selection, markup: Markup): Insertion {
  switch (markup) {
    case "bold":
      return surround(selection, "**", "**");
    case "italic":
      return surround(selection, "_", "_");
    case "code":
      return selected(selection).includes("\n") ? surround(selection, "```\n", "\n```") : surround(selection, "`", "`");
    case "link":
      return makeLink(selection);
    case "quote":
      return prefixLines(selection, "> ");
    case "list":
      return prefixLines(selection, "- ");
    case "task":
      return prefixLines(selection, "- [ ] ");
  }
}

const selected = ({ text, start, end }: Selection) => text.slice(start, end);

function surround(selection: Selection, before: string, after: string): Insertion {
  const { start, end } = selection;
  const selectFrom = start + before.length;
  return { from: start, to: end, insert: before + selected(selection) + after, selectFrom, selectTo: selectFrom + end - start };
}

function makeLink(selection: Selection): Insertion {
  const { start, end } = selection;
  const words = selected(selection) || "text";
  const addressAt = start + words.length + 3;
  return { from: start, to: end, insert: `[${words}](https://)`, selectFrom: addressAt, selectTo: addressAt + "https://".length };
}

function prefixLines({ text, start, end }: Selection, prefix: string): Insertion {
  const from = text.lastIndexOf("\n", start - 1) + 1;
  const insert = text
    .slice(from, end)
    .split("\n")
    .map((line) => prefix + line)
    .join("\n");
  return { from, to: end, insert, selectFrom: from + insert.length, selectTo: from + insert.length };
}
