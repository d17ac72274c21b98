import { beforeEach, describe, expect, test } from "vitest";

import { clearSelection, keepOnly, selectedTickets, selectLimit, selectShown, toggleSelected } from "@/features/tickets/selection";

const tickets = (count: number) => Array.from({ length: count }, (_, index) => `V${index + 1}`);

describe("select all", () => {
  beforeEach(clearSelection);
  test("takes every ticket that is shown", () => {
    keepOnly(tickets(3));
    toggleSelected("V2");
    selectShown();
    expect(selectedTickets.get()).toEqual(["V2", "V1", "V3"]);
  });
  test("of more than one may take, keeps what is chosen and fills up from the top", () => {
    keepOnly(tickets(150));
    toggleSelected("V2");
    toggleSelected("V140");
    selectShown();
    expect(selectedTickets.get()).toHaveLength(selectLimit);
    expect(new Set(selectedTickets.get())).toEqual(new Set([...tickets(99), "V140"]));
  });
  test("drops nothing of what was chosen one by one", () => {
    keepOnly(tickets(150));
    tickets(120).forEach(toggleSelected);
    selectShown();
    expect(selectedTickets.get()).toEqual(tickets(120));
  });
});
