import { describe, expect, test } from "vitest";

import { mayAdministerCti, mayAdministerUsers, mayBecome, mayCreateTickets, mayDeleteComment, mayDeleteTickets, mayEditTickets, offeredStatuses } from "@/lib/policies";
import { comment, user } from "@/testing/samples";

describe("what each role is shown", () => {
  test.each([
    ["ADMIN", { create: true, edit: true, remove: true, users: true, cti: true }],
    ["AGENT", { create: true, edit: true, remove: false, users: false, cti: false }],
    ["SERVICE", { create: true, edit: true, remove: false, users: false, cti: false }],
    ["USER", { create: false, edit: false, remove: false, users: false, cti: false }],
  ] as const)("%s", (role, expected) => {
    const me = user(role);
    expect({ create: mayCreateTickets(me), edit: mayEditTickets(me), remove: mayDeleteTickets(me), users: mayAdministerUsers(me), cti: mayAdministerCti(me) }).toEqual(expected);
  });
});

test("only an admin is offered to close a ticket", () => {
  expect(offeredStatuses(user("ADMIN"), "OPEN")).toContain("CLOSED");
  expect(offeredStatuses(user("AGENT"), "OPEN")).not.toContain("CLOSED");
  expect(mayBecome(user("AGENT"), "CLOSED")).toBe(false);
  expect(mayBecome(user("USER"), "OPEN")).toBe(false);
});

test("an agent sees that a closed ticket is closed, and may open it again", () => {
  expect(offeredStatuses(user("AGENT"), "CLOSED")).toEqual(["OPEN", "IN_PROGRESS", "RESOLVED", "CLOSED"]);
});

test("one deletes one's own comments, an admin any", () => {
  expect(mayDeleteComment(user("USER", "u1"), comment("u1"))).toBe(true);
  expect(mayDeleteComment(user("AGENT", "u2"), comment("u1"))).toBe(false);
  expect(mayDeleteComment(user("ADMIN", "u3"), comment("u1"))).toBe(true);
});
