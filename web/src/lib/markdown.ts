import DOMPurify, { type Config } from "dompurify";
import { Marked, type RendererObject, type TokenizerAndRendererExtension } from "marked";

/*
 * Markdown to a document fragment that is safe to show. HTML in the text is shown as text, links lead to
 * http, https, mailto or this site only, images become links (nothing remote is loaded), and what comes out
 * passes a sanitizer that knows only the tags made here.
 */

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => escapes[sign]!);

/** The address, if a link may lead there. */
export function safeAddress(address: string): string | null {
  // Browsers drop control characters and white space inside a scheme: "java\nscript:".
   
  const bare = address.replace(/[\u0000-\u0020\u007f-\u009f\u200b-\u200f\u2028-\u202f\ufeff]/g, "");
  if (/^(https?:\/\/|mailto:)/i.test(bare)) return bare;
  return /^(\/(?![/\\])|#)/.test(bare) ? bare : null;
}

function link(address: string, content: string, extra = ""): string {
  const safe = safeAddress(address);
  if (safe === null) return content;
  const outside = /^https?:/i.test(safe) ? ' target="_blank"' : "";
  return `<a href="${escapeHtml(safe)}" rel="noopener noreferrer"${outside}${extra}>${content}</a>`;
}

const renderer: RendererObject = {
  html: ({ text }) => escapeHtml(text),
  link({ href, tokens }) {
    // An image inside is a link by itself; a link within a link is none.
    return link(href, this.parser.parseInline(tokens).replace(/<\/?a\b[^>]*>/g, ""));
  },
  image: ({ href, text }) => link(href, escapeHtml(text || href), ' class="image"'),
  heading({ tokens, depth }) {
    // The page has its own first two levels.
    const level = Math.min(6, depth + 2);
    return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
  },
  code: ({ text, lang }) => `<pre><code data-language="${escapeHtml((lang ?? "").split(/\s/)[0]!)}">${escapeHtml(text)}</code></pre>`,
  checkbox: ({ checked }) =>
    checked ? '<span class="task done">✓<span class="visually-hidden"> done: </span></span> ' : '<span class="task"><span class="visually-hidden">to do: </span></span> ',
  tablecell({ tokens, header, align }) {
    const tag = header ? "th" : "td";
    return `<${tag}${header ? ' scope="col"' : ""}${align ? ` align="${align}"` : ""}>${this.parser.parseInline(tokens)}</${tag}>`;
  },
  listitem(item) {
    return `<li${item.task ? ' class="todo"' : ""}>${this.parser.parse(item.tokens)}</li>`;
  },
};

/** V325813929 in running text leads to that ticket. */
const ticketNumber: TokenizerAndRendererExtension = {
  name: "ticketNumber",
  level: "inline",
  start: (source) => source.match(/\bV\d{9}\b/i)?.index,
  tokenizer(source) {
    const match = /^V\d{9}\b/i.exec(source);
    if (!match || this.lexer.state.inLink) return undefined;
    return { type: "ticketNumber", raw: match[0] };
  },
  renderer: ({ raw }) => `<a href="/tickets/${raw.toUpperCase()}" data-ticket="${raw.toUpperCase()}">${raw}</a>`,
};

const marked = new Marked({ gfm: true, breaks: true, async: false, renderer, extensions: [ticketNumber] });

const allowed: Config = {
  ALLOWED_TAGS: ["a", "blockquote", "br", "code", "del", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "span", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"],
  ALLOWED_ATTR: ["href", "rel", "target", "class", "align", "scope", "start", "data-ticket", "data-language"],
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:|\/|#)/i,
  // Not addresses, so not to be judged as such.
  ADD_URI_SAFE_ATTR: ["rel", "target", "align", "scope", "start", "data-ticket", "data-language"],
};

export function renderMarkdown(text: string): DocumentFragment {
  return DOMPurify.sanitize(marked.parse(text) as string, { ...allowed, RETURN_DOM_FRAGMENT: true });
}
