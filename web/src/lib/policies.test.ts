import { describe, expect, test } from "vitest";

import type { Role } from "@/api/wire";
import { mayAdministerCti, mayAdministerUsers, mayBecome, mayCreateTickets, mayDeleteComment, mayDeleteTickets, mayEditTickets, offeredStatuses } from "@/lib/policies";
import { comment, user } from "@/testing/samples";

import api from "../../../gateway/openapi.json";

const { paths } = api;
const roles: Role[] = ["ADMIN", "AGENT", "SERVICE", "USER"];

describe("the server lets those and no others do it whom the client offers to", () => {
  test.each([
    ["create tickets", mayCreateTickets, [paths["/api/tickets"].post]],
    ["edit tickets", mayEditTickets, [paths["/api/tickets/{id}"].patch]],
    ["delete tickets", mayDeleteTickets, [paths["/api/tickets/{id}"].delete]],
    ["administer users", mayAdministerUsers, changes(paths["/api/users"], paths["/api/users/{id}"])],
    ["administer categories", mayAdministerCti, changes(paths["/api/cti/categories"], paths["/api/cti/categories/{id}"])],
    ["administer types", mayAdministerCti, changes(paths["/api/cti/types"], paths["/api/cti/types/{id}"])],
    ["administer items", mayAdministerCti, changes(paths["/api/cti/items"], paths["/api/cti/items/{id}"])],
  ])("%s", (_, may, operations) => {
    const offered = roles.filter((role) => may(user(role)));
    expect(operations.map((operation) => operation["x-roles"])).toEqual(operations.map(() => offered));
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

interface Operation {
  "x-roles": string[];
}

function changes(...places: object[]): Operation[] {
  const operations = places.flatMap((place) => Object.entries(place) as [string, Operation][]);
  return operations.filter(([method]) => method !== "get").map(([, operation]) => operation);
}
