/** What travels between the browser and the API. */

export type Role = "ADMIN" | "AGENT" | "USER" | "SERVICE";
export type Status = "OPEN" | "IN_PROGRESS" | "RESOLVED" | "CLOSED";
export type Severity = 1 | 2 | 3 | 4 | 5;

export interface NodeRef {
  id: string;
  name: string;
  deleted?: boolean;
}

export interface PersonRef {
  id: string;
  username: string;
  displayName: string;
  role?: Role;
  deleted?: boolean;
}

export interface Ticket {
  id: string;
  displayId: string;
  title: string;
  overview: string;
  severity: Severity;
  status: Status;
  category: NodeRef;
  type: NodeRef;
  item: NodeRef;
  assignee: PersonRef | null;
  createdBy: PersonRef;
  createdAt: string;
  updatedAt: string;
  resolvedAt: string | null;
  closedAt: string | null;
  autoCloseAt: string | null;
  _count: { comments: number };
}

export interface Comment {
  id: string;
  body: string;
  createdAt: string;
  author: PersonRef;
}

export interface TicketDetail extends Ticket {
  comments: Comment[];
}

export interface TicketPatch {
  title?: string;
  overview?: string;
  severity?: Severity;
  status?: Status;
  assigneeId?: string | null;
  categoryId?: string;
  typeId?: string;
  itemId?: string;
}

export interface NewTicket {
  title: string;
  overview: string;
  severity: Severity;
  categoryId: string;
  typeId: string;
  itemId: string;
  assigneeId?: string | null;
}

export type AuditAction =
  | "CREATED"
  | "STATUS_CHANGED"
  | "SEVERITY_CHANGED"
  | "ASSIGNEE_CHANGED"
  | "REROUTED"
  | "TITLE_CHANGED"
  | "OVERVIEW_CHANGED"
  | "COMMENT_ADDED"
  | "COMMENT_DELETED";

export interface AuditEntry {
  id: string;
  action: AuditAction;
  detail: string | null;
  createdAt: string;
  user: PersonRef;
}

export interface SessionUser {
  id: string;
  username: string;
  displayName: string;
  email: string;
  role: Role;
  mustChangePassword?: boolean;
}

export interface User {
  id: string;
  username: string;
  displayName: string;
  email: string;
  role: Role;
  lastLoginAt?: string | null;
}

/** Present only in an answer that shows a new key. */
export interface UserWithKey extends User {
  apiKey?: string;
}

export interface NewUser {
  username: string;
  email: string;
  displayName: string;
  role: Role;
  password?: string;
}

export interface UserPatch {
  displayName?: string;
  email?: string;
  password?: string;
  role?: Role;
  regenerateApiKey?: boolean;
}

export interface Category {
  id: string;
  name: string;
}

export interface CtiType extends Category {
  categoryId: string;
}

export interface CtiItem extends Category {
  typeId: string;
}

export interface FieldProblem {
  field: string;
  message: string;
}

/** A whole way down the tree: what a ticket is routed by. */
export interface CtiPath {
  category: NodeRef;
  type: NodeRef;
  item: NodeRef;
}
