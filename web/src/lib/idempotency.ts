import { randomId } from "@/lib/random-id";

/** What was sent, and with which key. */
export interface Sent {
  body: string;
  key: string;
}

/**
 * One key per thing one means to create: the same body sent again (a double click, a retry after a lost answer)
 * carries the same key; another body a new one.
 */
export function sentAs(body: unknown, before: Sent | undefined): Sent {
  const text = JSON.stringify(body);
  return before?.body === text ? before : { body: text, key: randomId() };
}

/** For what is no draft (`lib/drafts.ts`), and so forgotten with its form. */
export class IdempotencyKey {
  #sent: Sent | undefined;

  for(body: unknown): string {
    this.#sent = sentAs(body, this.#sent);
    return this.#sent.key;
  }

  /** It was created: the same words from now on mean another one. */
  spent(): void {
    this.#sent = undefined;
  }
}
