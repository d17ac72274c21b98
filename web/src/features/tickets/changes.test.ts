import { expect, test } from "vitest";

import { conflicts, toPatch } from "@/features/tickets/changes";
import { person, ticket } from "@/testing/samples";

test("a change of another field is no conflict", () => {
  expect(conflicts({ title: "Mine" }, ticket(), ticket({ severity: 1 }))).toEqual([]);
});

test("a change of the same field is one", () => {
  expect(conflicts({ title: "Mine", severity: 2 }, ticket(), ticket({ title: "Theirs" }))).toEqual(["title"]);
});

test("two who want the same do not clash", () => {
  expect(conflicts({ title: "Same" }, ticket(), ticket({ title: "Same" }))).toEqual([]);
});

test("somebody taking a ticket that I unassign clashes", () => {
  const base = ticket({ assignee: person({ id: "a" }) });
  expect(conflicts({ assignee: null }, base, ticket({ assignee: person({ id: "b" }) }))).toEqual(["assignee"]);
});

test("a patch carries ids, and null for nobody", () => {
  expect(toPatch({ assignee: null })).toEqual({ assigneeId: null });
  expect(toPatch({ assignee: person({ id: "a" }), title: "T" })).toEqual({ assigneeId: "a", title: "T" });
  const { category, type, item } = ticket();
  expect(toPatch({ path: { category, type, item } })).toEqual({ categoryId: "c", typeId: "t", itemId: "i" });
  expect(toPatch({})).toEqual({});
});
