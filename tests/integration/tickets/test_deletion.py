"""R34, A8: a deleted ticket leaves a record of who deleted it, and none of its words anywhere."""

import asyncio
import random
from typing import Any

import psycopg
import pytest

from contracts.streams import EVENTS
from devstack.stack import Stack
from integration.tickets.everywhere import streams_with, tables_with
from support.bus import Message, Outsider, outsider
from support.clients import Caller
from support.eventually import eventually, soon
from support.factories import Factory, unique


class Told:
    """A ticket whose words are everywhere they can get to: each of `words` is another place."""

    def __init__(self, stack: Stack, make: Factory, agent: Caller) -> None:
        names = ("title", "newtitle", "overview", "comment", "gone", "answer", "letter")
        self.words = {name: unique(f"zq{name}") for name in names}
        title, overview = f"The {self.words['title']} one", f"*{self.words['overview']}*"
        body = make.new_ticket(title=title, overview=overview)
        self.ticket: dict[str, Any] = agent.post("/tickets", body, headers={"Idempotency-Key": unique()}).json()
        path = f"/tickets/{self.ticket['id']}"
        agent.patch(path, {"title": self.words["newtitle"], "status": "RESOLVED"})
        agent.post(f"{path}/comments", {"body": self.words["comment"]})
        gone = agent.post(f"{path}/comments", {"body": self.words["gone"]}).json()
        agent.delete(f"{path}/comments/{gone['id']}")
        agent.post(f"{path}/comments", {"body": self.words["answer"]}, headers={"Idempotency-Key": unique()})
        asyncio.run(self._poison(stack))
        soon(lambda: {"audit.dead_letters", "audit.entries", "tickets.events"} <= self.tables(stack))
        soon(lambda: self.streams(stack) == {"EVENTS"})

    @property
    def subject(self) -> str:
        return f"evt.ticket.{self.ticket['id']}"

    def tables(self, stack: Stack) -> set[str]:
        return {table for word in self.words.values() for table in tables_with(stack, word)}

    def streams(self, stack: Stack) -> set[str]:
        async def look() -> set[str]:
            return {stream for word in self.words.values() for stream in await streams_with(stack, word)}

        return asyncio.run(look())

    async def messages(self, operator: Outsider) -> list[Message]:
        return [message for message in await operator.messages(EVENTS) if message.subject == self.subject]

    async def _poison(self, stack: Stack) -> None:
        async with outsider(stack.nats_url()) as operator:
            await operator.publish(self.subject, f"not json but {self.words['letter']}".encode())


@pytest.fixture
def told(stack: Stack, make: Factory, agent: Caller) -> Told:
    return Told(stack, make, agent)


def test_its_words_are_where_they_are_looked_for(told: Told, stack: Stack) -> None:
    """What the other tests do not find can be found."""
    assert told.tables(stack) == {
        "audit.dead_letters",
        "audit.entries",
        "tickets.comments",
        "tickets.events",
        "tickets.idempotency_keys",
        "tickets.search",
        "tickets.tickets",
    }


def test_none_of_its_words_is_left(told: Told, stack: Stack, admin: Caller) -> None:
    assert admin.delete(f"/tickets/{told.ticket['id']}").status_code == 204
    soon(lambda: told.tables(stack) == set(), within=5)
    soon(lambda: told.streams(stack) == set(), within=5)
    assert [word for word in told.words.values() for name in LOGS if word in stack.log(name)] == []
    for path in ("", "/audit"):
        assert admin.get(f"/tickets/{told.ticket['id']}{path}").status_code == 404


LOGS = ("postgres", "nats", "traefik", "caddy", "tickets", "audit", "auth", "cti")


def test_the_deletion_itself_is_kept(told: Told, stack: Stack, admin: Caller) -> None:
    admin.delete(f"/tickets/{told.ticket['id']}")

    async def only_the_deletion() -> list[Message]:
        async with outsider(stack.nats_url()) as operator:
            messages = await told.messages(operator)
            assert len(messages) == 1, messages
            return messages

    (message,) = asyncio.run(eventually(only_the_deletion))
    assert b"ticket.deleted.v1" in message.body
    with psycopg.connect(stack.database_url("postgres")) as connection:
        events = connection.execute(
            "SELECT type, version FROM tickets.events WHERE aggregate_id = %s", [told.ticket["id"]]
        ).fetchall()
        record = soon(
            lambda: connection.execute(
                "SELECT * FROM audit.purged_tickets WHERE ticket_id = %s", [told.ticket["id"]]
            ).fetchone()
        )
    assert events == [("ticket.deleted.v1", message.key[1])]
    assert record[1] == told.ticket["displayId"]
    assert str(record[2]) == admin.id
    assert record[3] == "admin"


def test_late_messages_do_not_bring_it_back(told: Told, stack: Stack, admin: Caller) -> None:
    async def late() -> None:
        async with outsider(stack.nats_url()) as operator:
            before = await told.messages(operator)
            assert len(before) > 5
            assert admin.delete(f"/tickets/{told.ticket['id']}").status_code == 204
            await eventually(lambda: only_one(operator))
            again = 3 * before
            random.Random(3).shuffle(again)
            for message in again:
                await operator.publish(message.subject, message.body)
            await eventually(lambda: heard_all(operator))
            await operator.js.purge_stream(EVENTS.name, subject=told.subject, keep=1)

    async def only_one(operator: Outsider) -> bool:
        return len(await told.messages(operator)) == 1

    async def heard_all(operator: Outsider) -> bool:
        info = await operator.js.consumer_info(EVENTS.name, "audit")
        return not info.num_pending and not info.num_ack_pending

    asyncio.run(late())
    assert admin.get(f"/tickets/{told.ticket['id']}/audit").status_code == 404
    # What cannot be read says nothing of its ticket: it is set aside as it is, and forgotten at the next comparison.
    assert told.tables(stack) <= {"audit.dead_letters"}
    with psycopg.connect(stack.database_url("postgres")) as connection:
        connection.execute("DELETE FROM audit.dead_letters WHERE subject = %s", [told.subject])


def test_all_sorts_of_requests_after_it(told: Told, admin: Caller, agent: Caller) -> None:
    path = f"/tickets/{told.ticket['displayId']}"
    assert admin.delete(path).status_code == 204
    assert admin.delete(path).status_code == 404
    assert agent.patch(path, {"title": "Again"}).status_code == 404
    assert agent.post(f"{path}/comments", {"body": "Again"}).status_code == 404
    assert agent.get(path).status_code == 404
    assert agent.get("/tickets", params={"search": told.words["newtitle"]}).json() == []
