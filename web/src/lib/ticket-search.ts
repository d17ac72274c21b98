import type { Severity, Status } from "@/api/wire";
import { parseSeverity, severities } from "@/lib/severity";
import { notClosed, parseStatus, statuses } from "@/lib/status";

/** What a list of tickets shows, as its URL says it. No `status` means "not closed"; "any" means all four. */
export interface TicketSearch {
  q?: string;
  status?: Status[] | "any";
  severity?: Severity[];
  queue?: string;
  type?: string;
  item?: string;
  /** A user's id, "me", or `unassigned`. */
  assignee?: string;
}

/** In the place of a user's id, as the API has it. */
export const unassigned = "none";

export function parseTicketSearch(raw: Record<string, unknown>): TicketSearch {
  const read = {
    q: text(raw.q),
    status: parseStatuses(raw.status),
    severity: parseSeverities(raw.severity),
    queue: text(raw.queue),
    type: text(raw.type),
    item: text(raw.item),
    assignee: text(raw.assignee),
  };
  // What is nonsense stays, as undefined: the router would take the raw value in the place of one that is missing.
  return Object.fromEntries(Object.entries(read).filter(([name, value]) => value !== undefined || name in raw));
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value : undefined;
}

function parseStatuses(value: unknown): TicketSearch["status"] {
  const named = namedIn(value, statuses, parseStatus);
  if ([value].flat().includes("any") || named.length === statuses.length) return "any";
  return named.length > 0 ? named : undefined;
}

/** All of them are no filter. */
export function parseSeverities(value: unknown): TicketSearch["severity"] {
  const named = namedIn(value, severities, parseSeverity);
  return named.length > 0 && named.length < severities.length ? named : undefined;
}

/** Those of `all` that one value or several name, in their own order. */
function namedIn<T>(value: unknown, all: readonly T[], parse: (value: unknown) => T | undefined): T[] {
  const parsed = [value].flat().map(parse);
  return all.filter((one) => parsed.includes(one));
}

/** The query parameters of GET /api/tickets. */
export interface ListQuery {
  status: Status[];
  severity?: Severity[];
  categoryId?: string;
  typeId?: string;
  itemId?: string;
  assigneeId?: string;
  search?: string;
}

export function toListQuery(search: TicketSearch, myId: string): ListQuery {
  return {
    status: search.status === "any" ? [] : [...(search.status ?? notClosed)],
    severity: search.severity,
    categoryId: search.queue,
    typeId: search.type,
    itemId: search.item,
    assigneeId: search.assignee === "me" ? myId : search.assignee,
    search: search.q,
  };
}

/** Whether anything narrows the list beyond its usual "not closed". */
export function isNarrowed(search: TicketSearch): boolean {
  const { status, ...others } = search;
  return Object.values(others).some(Boolean) || Array.isArray(status);
}
