import type { Comment, Role, SessionUser, Status } from "@/api/wire";

/*
 * What each role is shown. The server decides what is allowed; showing a control that would be refused
 * is a bug here, never a hole there.
 */

const isOneOf = (...roles: Role[]) => (user: SessionUser) => roles.includes(user.role);

export const mayCreateTickets = isOneOf("ADMIN", "AGENT", "SERVICE");
export const mayEditTickets = isOneOf("ADMIN", "AGENT", "SERVICE");
export const mayDeleteTickets = isOneOf("ADMIN");
export const mayAdministerUsers = isOneOf("ADMIN");
export const mayAdministerCti = isOneOf("ADMIN");

export function mayDeleteComment(user: SessionUser, comment: Comment): boolean {
  return user.role === "ADMIN" || comment.author.id === user.id;
}

/** The statuses one may choose now, the present one among them. Only admins close by hand. */
export function offeredStatuses(user: SessionUser, current: Status): Status[] {
  const open: Status[] = ["OPEN", "IN_PROGRESS", "RESOLVED"];
  return user.role === "ADMIN" || current === "CLOSED" ? [...open, "CLOSED"] : open;
}

export function mayBecome(user: SessionUser, next: Status): boolean {
  return mayEditTickets(user) && (next !== "CLOSED" || user.role === "ADMIN");
}
