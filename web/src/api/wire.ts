/*
 * What travels between the browser and the API, in the client's words for it. The shapes are those of the API's own
 * document (`npm run generate`); where that says less than the client knows, the difference stands here.
 */

import type { components } from "@/api/schema.gen";

type Schemas = components["schemas"];

export type Role = Schemas["Role"];
export type Status = Schemas["Status"];
/** The document says "an integer from 1 to 5". */
export type Severity = 1 | 2 | 3 | 4 | 5;

export type NodeRef = Schemas["NodeRef"];
/** The role is told of comment authors only. */
export type PersonRef = Schemas["PersonRef"] & { role?: Role };

/** `commentedSinceResolved` is told by lists alone: a ticket with its comments shows them. */
export type Ticket = Omit<Schemas["TicketListed"], "severity" | "commentedSinceResolved"> & { severity: Severity; commentedSinceResolved?: boolean };
export type TicketDetail = Omit<Schemas["TicketDetail"], "severity"> & { severity: Severity };
export type TicketPatch = Schemas["TicketPatch"];
export type NewTicket = Schemas["NewTicket"];
export type Comment = Schemas["CommentOut"];

export type AuditAction = Schemas["Action"];
export type AuditEntry = Schemas["AuditEntry"];

export type SessionUser = Schemas["Me"];
export type User = Schemas["UserOut"];
/** `apiKey` is present only in an answer that shows a new key. */
export type UserWithKey = Schemas["UserWithKey"];
export type NewUser = Schemas["NewUser"];
export type UserPatch = Partial<Schemas["UserPatch"]>;

export type Category = Schemas["CategoryOut"];
export type CtiType = Schemas["TypeOut"];
export type CtiItem = Schemas["ItemOut"];
/** A whole way down the tree: what a ticket is routed by. */
export interface CtiPath {
  category: NodeRef;
  type: NodeRef;
  item: NodeRef;
}

export type FieldProblem = Schemas["FieldError"];
