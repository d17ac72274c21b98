"""What tickets has heard of people and nodes: by version, whatever comes twice, late, or not at all."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import psycopg

from common.streams import Stream
from contracts.streams import IDENTITY, NODES
from devstack.stack import Stack
from support.bus import Message, outsider
from support.clients import Caller, Callers
from support.eventually import soon
from support.factories import Factory, unique


def state_message(stack: Stack, stream: Stream, aggregate_id: str) -> Message:
    """The one message that the stream holds of this user or node."""

    async def look() -> Message:
        async with outsider(stack.nats_url()) as operator:
            return next(each for each in await operator.messages(stream) if each.subject.endswith(aggregate_id))

    return asyncio.run(look())


def publish(stack: Stack, *messages: Message) -> None:
    """Say these again."""

    async def run() -> None:
        async with outsider(stack.nats_url()) as operator:
            for message in messages:
                await operator.publish(message.subject, message.body)

    asyncio.run(run())


def known(stack: Stack, table: str, aggregate_id: str) -> dict[str, Any]:
    with psycopg.connect(stack.database_url("postgres")) as connection:
        cursor = connection.execute(f"SELECT * FROM tickets.{table} WHERE id = %s".encode(), [aggregate_id])
        assert cursor.description is not None
        row = cursor.fetchone()
        assert row is not None, f"{table} does not know {aggregate_id}"
        return dict(zip([column.name for column in cursor.description], row, strict=True))


def heard_after(stack: Stack, table: str, marker: dict[str, Any]) -> None:
    """Wait until a user or node that was made after everything else has been heard of."""
    soon(lambda: known(stack, table, marker["id"]))


class TestPeople:
    def test_an_old_state_does_not_win(self, stack: Stack, make: Factory, callers: Callers, admin: Caller) -> None:
        person = callers.create_user(displayName="First")
        soon(lambda: known(stack, "known_users", person["id"]))
        old = state_message(stack, IDENTITY, person["id"])
        admin.patch(f"/users/{person['id']}", {"displayName": "Second"})
        soon(lambda: known(stack, "known_users", person["id"])["display_name"] == "Second")
        new = state_message(stack, IDENTITY, person["id"])
        publish(stack, old, new, old, new)
        heard_after(stack, "known_users", callers.create_user())
        assert known(stack, "known_users", person["id"])["display_name"] == "Second"

    def test_who_is_gone_stays_gone(self, stack: Stack, make: Factory, callers: Callers, admin: Caller) -> None:
        person = callers.create_user(displayName="Leaver")
        ticket = make.ticket(assigneeId=person["id"])
        old = state_message(stack, IDENTITY, person["id"])
        assert admin.delete(f"/users/{person['id']}").status_code == 204
        soon(lambda: known(stack, "known_users", person["id"])["deleted"])
        gone = state_message(stack, IDENTITY, person["id"])
        soon(lambda: admin.get(f"/tickets/{ticket['id']}").json()["assignee"] is None)
        before = admin.get(f"/tickets/{ticket['id']}/audit").json()
        publish(stack, old, gone, gone)
        heard_after(stack, "known_users", callers.create_user())
        assert known(stack, "known_users", person["id"])["deleted"]
        assert admin.post("/tickets", make.new_ticket(assigneeId=person["id"])).status_code == 422
        assert admin.get(f"/tickets/{ticket['id']}/audit").json() == before

    def test_a10_the_open_tickets_of_who_is_gone_are_nobodys(
        self, make: Factory, callers: Callers, admin: Caller
    ) -> None:
        person = callers.create_user(displayName="Leaver")
        held = [make.ticket(assigneeId=person["id"]) for _ in range(3)]
        closed = make.ticket(assigneeId=person["id"])
        assert admin.patch(f"/tickets/{closed['id']}", {"status": "CLOSED"}).status_code == 200
        assert admin.delete(f"/users/{person['id']}").status_code == 204
        for ticket in held:
            newest = soon(partial(unassigned, admin, ticket))
            assert admin.get(f"/tickets/{ticket['id']}").json()["assignee"] is None
            assert newest["detail"] == "Leaver → Unassigned"
            assert newest["user"]["id"] == admin.id
        kept = admin.get(f"/tickets/{closed['id']}").json()["assignee"]
        assert kept["displayName"] == "Leaver"
        assert kept["deleted"] is True

    def test_nobody_is_given_a_ticket_while_leaving(
        self, stack: Stack, make: Factory, callers: Callers, admin: Caller, agent: Caller
    ) -> None:
        person = callers.create_user()
        tickets = [make.ticket() for _ in range(12)]

        def give(ticket: dict[str, Any]) -> int:
            return agent.patch(f"/tickets/{ticket['id']}", {"assigneeId": person["id"]}).status_code

        with ThreadPoolExecutor(4) as pool:
            given = pool.map(give, tickets)
            assert admin.delete(f"/users/{person['id']}").status_code == 204
            assert set(given) <= {200, 422}
        soon(lambda: known(stack, "known_users", person["id"])["deleted"])
        soon(lambda: admin.get("/tickets", params={"assigneeId": person["id"]}).json() == [])


def unassigned(caller: Caller, ticket: dict[str, Any]) -> dict[str, Any] | None:
    newest: dict[str, Any] = caller.get(f"/tickets/{ticket['id']}/audit").json()[0]
    return newest if newest["action"] == "ASSIGNEE_CHANGED" else None


class TestNodes:
    def test_an_old_name_does_not_win(self, stack: Stack, make: Factory, admin: Caller) -> None:
        route = make.route()
        soon(lambda: known(stack, "known_nodes", route.item["id"]))
        old = state_message(stack, NODES, route.item["id"])
        name = unique("renamed")
        admin.put(f"/cti/items/{route.item['id']}", {"name": name})
        soon(lambda: known(stack, "known_nodes", route.item["id"])["name"] == name)
        publish(stack, old, old)
        heard_after(stack, "known_nodes", make.node("categories"))
        assert known(stack, "known_nodes", route.item["id"])["name"] == name

    def test_what_is_gone_stays_gone(self, stack: Stack, make: Factory, admin: Caller) -> None:
        route = make.route()
        soon(lambda: known(stack, "known_nodes", route.item["id"]))
        old = state_message(stack, NODES, route.item["id"])
        admin.delete(f"/cti/items/{route.item['id']}")
        soon(lambda: known(stack, "known_nodes", route.item["id"])["deleted"])
        publish(stack, old)
        heard_after(stack, "known_nodes", make.node("categories"))
        assert admin.post("/tickets", make.new_ticket() | route.ids).status_code == 422

    def test_what_was_not_heard_of_yet_is_asked_for(self, stack: Stack, make: Factory, goddard: Caller) -> None:
        route = make.route()
        soon(lambda: known(stack, "known_nodes", route.item["id"]))
        with psycopg.connect(stack.database_url("postgres")) as connection:
            connection.execute("DELETE FROM tickets.known_nodes WHERE id = ANY(%s)", [[*route.ids.values()]])
        assert goddard.post("/tickets", make.new_ticket() | route.ids).status_code == 201
        assert known(stack, "known_nodes", route.item["id"])["name"] == route.item["name"]

    def test_a_burst_about_what_was_not_heard_of_yet(self, stack: Stack, make: Factory, goddard: Caller) -> None:
        """Whoever waits for an owner holds no connection: there are fewer of these than of such requests."""
        routes = [make.route() for _ in range(24)]
        soon(lambda: known(stack, "known_nodes", routes[-1].item["id"]))
        ids = [node_id for route in routes for node_id in route.ids.values()]
        with psycopg.connect(stack.database_url("postgres")) as connection:
            connection.execute("DELETE FROM tickets.known_nodes WHERE id = ANY(%s::uuid[])", [ids])
        with ThreadPoolExecutor(len(routes)) as pool:
            made = pool.map(lambda route: goddard.post("/tickets", make.new_ticket() | route.ids), routes)
            assert {answer.status_code for answer in made} == {201}

    def test_an_item_is_used_the_moment_it_is_there(self, make: Factory, goddard: Caller) -> None:
        for _ in range(10):
            assert goddard.post("/tickets", make.new_ticket() | make.route().ids).status_code == 201
