import { randomId } from "@/lib/random-id";

/**
 * One key per thing one means to create: the same body sent again (a double click, a retry after a lost answer)
 * carries the same key; another body, or the next thing after a success, a new one.
 */
export class IdempotencyKey {
  #body: string | null = null;
  #key = "";

  for(body: unknown): string {
    const text = JSON.stringify(body);
    if (text !== this.#body) {
      this.#body = text;
      this.#key = randomId();
    }
    return this.#key;
  }

  /** It was created: the same words from now on mean another one. */
  spent(): void {
    this.#body = null;
  }
}
