import type { Comment, PersonRef, SessionUser, Ticket } from "@/api/wire";

export const person = (overrides: Partial<PersonRef> = {}): PersonRef => ({ id: "p1", username: "josh", displayName: "Josh Wright", ...overrides });

export const user = (role: SessionUser["role"], id = "me"): SessionUser => ({ id, username: role.toLowerCase(), displayName: role, email: `${id}@example.com`, role, mustChangePassword: false });

export const comment = (authorId: string): Comment => ({ id: "c1", body: "text", createdAt: "2026-03-30T10:00:00Z", author: { ...person({ id: authorId }), role: "USER" } });

export const ticket = (overrides: Partial<Ticket> = {}): Ticket => ({
  id: "t1",
  displayId: "V325813929",
  title: "Mail is down",
  overview: "since ten",
  severity: 3,
  status: "OPEN",
  category: { id: "c", name: "Applications" },
  type: { id: "t", name: "E-mail" },
  item: { id: "i", name: "Delivery" },
  assignee: null,
  assigneeId: null,
  categoryId: "c",
  typeId: "t",
  itemId: "i",
  createdBy: person(),
  createdById: "p1",
  createdAt: "2026-03-30T10:00:00Z",
  updatedAt: "2026-03-30T10:00:00Z",
  resolvedAt: null,
  closedAt: null,
  autoCloseAt: null,
  _count: { comments: 0 },
  ...overrides,
});
