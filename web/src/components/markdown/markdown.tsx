import { useNavigate } from "@tanstack/react-router";
import { useLayoutEffect, useRef, type MouseEvent } from "react";

import styles from "@/components/markdown/markdown.module.css";
import { announce } from "@/lib/announce";
import { classNames } from "@/lib/class-names";
import { copyText } from "@/lib/clipboard";
import { renderMarkdown } from "@/lib/markdown";

/** Rendered markdown: code can be copied, V-numbers lead to their tickets. */
export function Markdown({ text, className }: { text: string; className?: string }) {
  const root = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  useLayoutEffect(() => {
    const content = renderMarkdown(text);
    for (const block of content.querySelectorAll("pre")) block.replaceWith(withCopyButton(block));
    for (const table of content.querySelectorAll("table")) table.replaceWith(scrollable(table));
    root.current!.replaceChildren(content);
    // Only what scrolls needs to be reached by the keyboard.
    for (const box of root.current!.querySelectorAll<HTMLElement>("pre, [data-scroll]")) if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }, [text]);

  const follow = (event: MouseEvent) => {
    const target = event.target as Element;
    const code = target.closest("button")?.parentElement?.querySelector("code");
    if (code) void copyCode(target.closest("button")!, code.textContent);
    const displayId = target.closest<HTMLElement>("a[data-ticket]")?.dataset.ticket;
    if (!displayId || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void navigate({ to: "/tickets/$displayId", params: { displayId } });
  };
  // The handler serves the links and buttons inside, which have keys of their own.
  return <div ref={root} className={classNames(styles.markdown, className)} onClick={follow} />;
}

function withCopyButton(block: HTMLElement): HTMLElement {
  const frame = document.createElement("div");
  frame.className = styles.frame!;
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Copy";
  button.setAttribute("aria-label", "Copy code");
  frame.append(block.cloneNode(true), button);
  return frame;
}

function scrollable(table: HTMLElement): HTMLElement {
  const frame = document.createElement("div");
  frame.className = styles.scroll!;
  frame.dataset.scroll = "";
  frame.append(table.cloneNode(true));
  return frame;
}

async function copyCode(button: HTMLElement, code: string): Promise<void> {
  const copied = await copyText(code);
  announce(copied ? "Code copied" : "The browser refused to copy");
  button.textContent = copied ? "Copied" : "Not copied";
  setTimeout(() => (button.textContent = "Copy"), 1500);
}
