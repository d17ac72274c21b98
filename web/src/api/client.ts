import type { FieldProblem } from "@/api/wire";
import { checkConnection } from "@/lib/connection";

/** Longer than any answer takes, and shorter than the gateway's own patience (504 after 10 s). */
const doubtMs = 8_000;

/** The code of what was never sent. */
const offline = "offline";

/** The code of what was sent before with the same Idempotency-Key, and is being worked on. */
const inFlight = "idempotency_key_in_flight";
const inFlightTurns = 5;

/** A refusal or failure of the API, as its problem+json told it. Status 0: no answer came at all, or not the whole of it. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: FieldProblem[] = [],
    readonly retryAfter: number | null = null,
  ) {
    super(message);
    this.name = "ApiProblem";
  }

  fieldMessage(field: string): string | undefined {
    return this.fields.find((problem) => problem.field === field)?.message;
  }

  /** It was sent and may have been done: what failed is the answer. */
  get outcomeUnknown(): boolean {
    return this.code === inFlight || (this.code !== offline && [0, 502, 504].includes(this.status));
  }
}

/** "The comment was not sent. Why." Where only the answer failed: "It is not known whether the comment was sent. Why." */
export function whatFailed(subject: string, done: string, error: Error): string {
  const unknown = error instanceof ApiProblem && error.outcomeUnknown;
  const told = unknown ? `It is not known whether ${subject} ${done}.` : `${subject} not ${done}.`;
  return `${told[0]!.toUpperCase()}${told.slice(1)} ${error.message}`;
}

export interface Reply<T> {
  data: T;
  etag: string | null;
  /** X-Total-Count of a paged list. */
  total: number | null;
  /** The cursor in Link: rel="next". */
  nextCursor: string | null;
}

export type Query = Record<string, string | number | readonly (string | number)[] | null | undefined>;

export interface RequestOptions {
  query?: Query;
  body?: unknown;
  ifMatch?: string | null;
  idempotencyKey?: string;
  signal?: AbortSignal;
  /** Of this very request, where it was sent already. */
  answer?: Promise<Response>;
}

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** `(await request<Ticket>("GET", "/tickets/V325813929")).data`; throws ApiProblem for everything but 2xx. */
export async function request<T>(method: Method, path: string, options: RequestOptions = {}): Promise<Reply<T>> {
  for (let turns = inFlightTurns; ; turns -= 1) {
    try {
      return await ask<T>(method, path, options);
    } catch (error) {
      if (!(error instanceof ApiProblem && error.code === inFlight && turns > 0)) throw error;
      // The answer to what was sent before will be ours too.
      await new Promise((resume) => setTimeout(resume, 1_000 * (error.retryAfter ?? 1)));
    }
  }
}

async function ask<T>(method: Method, path: string, options: RequestOptions): Promise<Reply<T>> {
  const { onLine } = navigator;
  const doubt = setTimeout(() => void checkConnection(), doubtMs);
  try {
    const response = await (options.answer ?? send(method, path, options));
    if (!response.ok) throw await readProblem(response);
    return {
      data: (response.status === 204 ? null : await response.json()) as T,
      etag: response.headers.get("ETag"),
      total: readTotal(response.headers.get("X-Total-Count")),
      nextCursor: readNextCursor(response.headers.get("Link")),
    };
  } catch (error) {
    if (options.signal?.aborted) throw error;
    const problem = error instanceof ApiProblem ? error : new ApiProblem(0, onLine ? "unreachable" : offline, "The server cannot be reached. Check your connection and try again.");
    if (problem.status === 0 || problem.status >= 502) void checkConnection();
    throw problem;
  } finally {
    clearTimeout(doubt);
  }
}

function send(method: Method, path: string, options: RequestOptions): Promise<Response> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  if (options.ifMatch) headers["If-Match"] = options.ifMatch;
  if (options.idempotencyKey) headers["Idempotency-Key"] = options.idempotencyKey;
  return fetch(`/api${path}${queryString(options.query)}`, {
    method,
    headers,
    body: options.body === undefined ? undefined : JSON.stringify(options.body),
    credentials: "same-origin",
    signal: options.signal,
  });
}

function queryString(query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined || value === "") continue;
    for (const one of typeof value === "object" ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text && `?${text}`;
}

async function readProblem(response: Response): Promise<ApiProblem> {
  const retryAfter = Number(response.headers.get("Retry-After")) || null;
  const body: unknown = await response.json().catch(() => null);
  const problem = (body && typeof body === "object" ? body : {}) as {
    code?: string;
    title?: string;
    detail?: string;
    errors?: FieldProblem[];
  };
  const message = problem.detail || problem.title || `The server answered ${response.status}.`;
  return new ApiProblem(response.status, problem.code ?? "", message, problem.errors ?? [], retryAfter);
}

function readTotal(header: string | null): number | null {
  return header === null || header === "" ? null : Number(header);
}

/** The `cursor` parameter of the link whose rel is next, or null on the last page. */
export function readNextCursor(header: string | null): string | null {
  const target = header?.match(/<([^>]*)>\s*;[^,]*rel="?next"?/)?.[1];
  return target ? new URL(target, "http://any").searchParams.get("cursor") : null;
}
