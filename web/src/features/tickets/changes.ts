import type { CtiPath, PersonRef, Ticket, TicketPatch } from "@/api/wire";

/** A change in the ticket's own words: whole people and nodes, so that it can be shown before it is saved. */
export interface Changes {
  title?: string;
  overview?: string;
  severity?: Ticket["severity"];
  status?: Ticket["status"];
  assignee?: PersonRef | null;
  path?: CtiPath;
}

/** As PATCH takes it. */
export function toPatch({ assignee, path, ...fields }: Changes): TicketPatch {
  return {
    ...fields,
    ...(assignee !== undefined && { assigneeId: assignee?.id ?? null }),
    ...(path && { categoryId: path.category.id, typeId: path.type.id, itemId: path.item.id }),
  };
}

/** The fields of the change that somebody else has changed since `base`, to something else than the change wants. */
export function conflicts(changes: Changes, base: Ticket, latest: Ticket): (keyof Changes)[] {
  return (Object.keys(changes) as (keyof Changes)[]).filter((field) => {
    const [mine, before, theirs] = [fieldValue(changes, field), fieldValue(asChanges(base), field), fieldValue(asChanges(latest), field)];
    return before !== theirs && mine !== theirs;
  });
}

export const overlap = (changes: Changes, base: Ticket, latest: Ticket) => conflicts(changes, base, latest).length > 0;

/** What the ticket has in the fields of a change: the way back, or what somebody else made of them. */
export function only(ticket: Ticket, changes: Changes): Changes {
  return Object.fromEntries(Object.entries(asChanges(ticket)).filter(([field]) => field in changes));
}

function asChanges(ticket: Ticket): Required<Changes> {
  const { title, overview, severity, status, assignee, category, type, item } = ticket;
  return { title, overview, severity, status, assignee, path: { category, type, item } };
}

function fieldValue(changes: Changes, field: keyof Changes): unknown {
  if (field === "assignee") return changes.assignee?.id ?? null;
  if (field === "path") return changes.path?.item.id;
  return changes[field];
}
