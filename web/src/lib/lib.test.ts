import { describe, expect, test, vi } from "vitest";

import { ApiProblem, readNextCursor, whatFailed } from "@/api/client";
import { allPaths, pathText } from "@/lib/cti";
import { asDisplayId } from "@/lib/display-id";
import { excerpt, highlight } from "@/lib/highlight";
import { IdempotencyKey } from "@/lib/idempotency";
import { safeAddress } from "@/lib/markdown";
import { markUp } from "@/lib/markdown-edit";
import { assignable, hueOf, initials } from "@/lib/person";
import { countdown, relativeTime, shortAge, utcTime } from "@/lib/time";

describe("time", () => {
  const now = Date.parse("2026-03-30T10:00:00Z");
  test.each([
    ["2026-03-30T09:59:40Z", "now", "just now"],
    ["2026-03-30T09:48:00Z", "12m", "12 minutes ago"],
    ["2026-03-30T07:00:00Z", "3h", "3 hours ago"],
    ["2026-03-25T10:00:00Z", "5d", "5 days ago"],
    ["2025-11-30T10:00:00Z", "4mo", "4 months ago"],
    ["2023-03-30T10:00:00Z", "3y", "3 years ago"],
  ])("%s is %s, %s", (time, age, relative) => {
    expect(shortAge(time, now)).toBe(age);
    expect(relativeTime(time, now)).toBe(relative);
  });
  test("a countdown never says zero", () => {
    expect(countdown("2026-04-13T10:00:00Z", now)).toBe("in 14 days");
    expect(countdown("2026-04-13T09:59:50Z", now)).toBe("in 14 days");
    expect(countdown("2026-03-31T09:59:00Z", now)).toBe("in 23 hours");
    expect(countdown("2026-03-30T10:00:20Z", now)).toBe("in 1 minute");
    expect(countdown("2026-03-30T09:00:00Z", now)).toBe("within the hour");
  });
  test("UTC is said as UTC", () => expect(utcTime("2026-03-30T12:00:00.123+02:00")).toBe("2026-03-30 10:00:00 UTC"));
});

describe("links in markdown", () => {
  test.each(["https://example.com/a?b=1", "HTTP://EXAMPLE.COM", "mailto:a@example.com", "/tickets/V325813929", "#comment-1"])("%s leads somewhere", (address) => expect(safeAddress(address)).not.toBeNull());
  test.each(["javascript:alert(1)", "JaVa\nScript:alert(1)", "\u0001javascript:alert(1)", "java\u200bscript:alert(1)", "data:text/html,x", "vbscript:x", "//evil.example", "/\\evil.example", "file:///etc/passwd", "x"])(
    "%j leads nowhere",
    (address) => expect(safeAddress(address)).toBeNull(),
  );
});

describe("highlighting", () => {
  test("marks every word, whatever its case", () =>
    expect(highlight("VPN is down", "down vpn")).toEqual([
      { text: "VPN", match: true },
      { text: " is ", match: false },
      { text: "down", match: true },
    ]));
  test("takes signs for what they are", () => expect(highlight("100% (a.b)", "(a.b)").filter((piece) => piece.match)).toEqual([{ text: "(a.b)", match: true }]));
  test("finds the place in a long text", () => expect(excerpt(`${"word ".repeat(50)}needle ${"word ".repeat(50)}`, "NEEDLE")).toMatch(/^….*needle.*…$/));
  test("finds nothing where nothing is", () => expect(excerpt("text", "needle")).toBeNull());
  test.each([
    ["printing", "It was printed", ["print"]],
    ["caches", "The cache, cached", ["cach", "cach"]],
    ["notes", "Nothing in the note", ["note"]],
    ["string", "An administrator's strings", ["string"]],
    ["news", "The renewal", []],
    ["strasse", "Straße", ["Straße"]],
    ["print printing", "printing", ["printing"]],
  ])("of %j in %j, %j is marked", (search, text, marked) => expect(highlight(text, search).flatMap(({ text, match }) => (match ? [text] : []))).toEqual(marked));
  test("shows the word itself before another of its stem", () => expect(excerpt(`printed ${"word ".repeat(50)}printing ${"word ".repeat(50)}`, "printing")).toContain("printing"));
  test.each(["", "x", "ﬃ", "ßß"])("shows the place whatever stands before it: %j", (lead) => {
    // Folded, these are longer or shorter than they are.
    const before = lead + `ﬃ Straße İ e\u0301 ${"\u{1d400}".repeat(50)}`.repeat(20);
    expect(excerpt(`${before} a needle${" word".repeat(50)}`, "needle", "", 3)).toBe("…a needle…");
  });
  test("cuts what has no spaces, too", () => expect(excerpt(`${"x".repeat(1000)}needle${"x".repeat(1000)}`, "needle")).toHaveLength(182));
  test("a long text is not folded sign by sign, and not at all for nothing", () => {
    const text = `${"Ünder the Straße, words. ".repeat(8000)}needle`;
    const folds = vi.spyOn(String.prototype, "normalize");
    expect(excerpt(text, "needles")).toContain("needle");
    expect(folds.mock.calls.length).toBeLessThan(200);
    folds.mockClear();
    expect(excerpt(text, "needle", "needle")).toBeNull();
    expect(excerpt(text, "")).toBeNull();
    expect(folds.mock.contexts.map(String).filter((folded) => folded.length > 100)).toEqual([]);
    folds.mockRestore();
  });
});

describe("idempotency key", () => {
  test("the same words keep the key, others change it", () => {
    const key = new IdempotencyKey();
    const first = key.for({ a: 1 });
    expect(key.for({ a: 1 })).toBe(first);
    expect(key.for({ a: 2 })).not.toBe(first);
  });
  test("the same words after a success are another thing", () => {
    const key = new IdempotencyKey();
    const first = key.for("same");
    key.spent();
    expect(key.for("same")).not.toBe(first);
  });
});

describe("what failed", () => {
  test.each([
    [503, "unavailable", "V1 was not changed. Why."],
    [0, "offline", "V1 was not changed. Why."],
    [0, "unreachable", "It is not known whether V1 was changed. Why."],
    [502, "bad_gateway", "It is not known whether V1 was changed. Why."],
    [504, "gateway_timeout", "It is not known whether V1 was changed. Why."],
  ])("%i %s", (status, code, told) => expect(whatFailed("V1 was", "changed", new ApiProblem(status, code, "Why."))).toBe(told));
  test("begins like a sentence", () => expect(whatFailed("the comment was", "sent", new Error("Why."))).toBe("The comment was not sent. Why."));
});

describe("markup", () => {
  test("bold keeps the words selected", () => expect(markUp({ text: "a word b", start: 2, end: 6 }, "bold")).toEqual({ from: 2, to: 6, insert: "**word**", selectFrom: 4, selectTo: 8 }));
  test("a list marks every line that is touched", () => expect(markUp({ text: "one\ntwo\nthree", start: 2, end: 6 }, "list")).toMatchObject({ from: 0, insert: "- one\n- tw" }));
  test("several lines of code are fenced", () => expect(markUp({ text: "a\nb", start: 0, end: 3 }, "code").insert).toBe("```\na\nb\n```"));
  test("a link selects the address to be typed", () => expect(markUp({ text: "see", start: 0, end: 3 }, "link")).toMatchObject({ insert: "[see](https://)", selectFrom: 6, selectTo: 14 }));
});

describe("people", () => {
  test("initials", () => expect(["Ada Lovelace", "goddard", "Ana María de la Cruz", ""].map(initials)).toEqual(["AL", "GO", "AC", "?"]));
  test("a person keeps the colour", () => expect(hueOf({ id: "a-b-c" })).toBe(hueOf({ id: "a-b-c" })));
  test("staff come before users", () => {
    const { staff, others } = assignable([
      { displayName: "Zoe", role: "USER" },
      { displayName: "bob", role: "SERVICE" },
      { displayName: "Ann", role: "ADMIN" },
    ]);
    expect([staff.map((p) => p.displayName), others.map((p) => p.displayName)]).toEqual([["Ann", "bob"], ["Zoe"]]);
  });
});

test("paths skip what hangs on nothing", () => {
  const tree = {
    categories: [{ id: "c", name: "Infrastructure" }],
    types: [{ id: "t", name: "Network", categoryId: "c" }],
    items: [
      { id: "i", name: "VPN", typeId: "t" },
      { id: "lost", name: "Lost", typeId: "gone" },
    ],
  };
  expect(allPaths(tree).map(pathText)).toEqual(["Infrastructure › Network › VPN"]);
});

test("a ticket's number is known when it stands alone", () => {
  expect(asDisplayId(" v325813929 ")).toBe("V325813929");
  expect(asDisplayId("see V325813929")).toBeNull();
});

test("the next cursor is the one whose rel is next", () => {
  expect(readNextCursor('</api/tickets?limit=2&cursor=ab%2Fc>; rel="next"')).toBe("ab/c");
  expect(readNextCursor('</a?cursor=x>; rel="prev", </b?cursor=y>; rel="next"')).toBe("y");
  expect(readNextCursor(null)).toBeNull();
});
