import { expect, test } from "vitest";

import { isNarrowed, parseTicketSearch, toListQuery } from "@/lib/ticket-search";
import { parseUrlSearch, safeReturnPath, stringifyUrlSearch } from "@/lib/url-search";

test("a list without a status shows what is not closed", () => {
  expect(toListQuery({}, "me").status).toEqual(["OPEN", "IN_PROGRESS", "RESOLVED"]);
  expect(toListQuery({ status: "any" }, "me").status).toEqual([]);
});

test("nonsense in the URL is no filter", () => {
  expect(parseTicketSearch({ status: "FOO", severity: "9", q: "  ", queue: ["a", "b"] })).toStrictEqual({ status: undefined, severity: undefined, q: undefined, queue: undefined });
  expect(parseTicketSearch({})).toStrictEqual({});
});

test("all five severities are no filter, and one alone may stand in the URL", () => {
  expect(parseTicketSearch({ severity: ["5", "4", "3", "2", "1"] })).toEqual({});
  expect(parseTicketSearch({ severity: "2" })).toEqual({ severity: [2] });
});

test("all four statuses are the same as any", () => {
  expect(parseTicketSearch({ status: ["OPEN", "IN_PROGRESS", "RESOLVED", "CLOSED"] })).toEqual({ status: "any" });
});

test("me is the one who is signed in", () => {
  expect(toListQuery({ assignee: "me" }, "id-1").assigneeId).toBe("id-1");
  expect(toListQuery({ assignee: "id-2" }, "id-1").assigneeId).toBe("id-2");
});

test("a filter survives the way through the URL", () => {
  const search = parseTicketSearch({ status: ["OPEN", "RESOLVED"], severity: ["2", "1"], q: "a & b%", queue: "q1" });
  expect(parseTicketSearch(parseUrlSearch(stringifyUrlSearch({ ...search })))).toEqual(search);
  expect(stringifyUrlSearch({ status: ["OPEN", "RESOLVED"] })).toBe("?status=OPEN&status=RESOLVED");
});

test("not closed and any alone do not narrow a list", () => {
  expect(isNarrowed({})).toBe(false);
  expect(isNarrowed({ status: "any" })).toBe(false);
  expect(isNarrowed({ status: ["OPEN"] })).toBe(true);
  expect(isNarrowed({ q: "vpn" })).toBe(true);
});

test("after signing in one goes only to a page of this site", () => {
  expect(safeReturnPath("/tickets/V325813929?x=1")).toBe("/tickets/V325813929?x=1");
  for (const path of ["//evil.example", "/\\evil.example", "https://evil.example", "javascript:alert(1)", "/login?redirect=/login", undefined]) expect(safeReturnPath(path)).toBe("/");
});
