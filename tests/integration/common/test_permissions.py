"""One NATS user per service: what it may do it does, and nothing else."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest
from nats.js.api import ConsumerConfig

from common.bus import VIOLATIONS, Bus
from common.streams import declare
from integration.common import things
from integration.common.things import HAPPENINGS, STATES
from support.bus import Outsider
from support.denials import Attempt, User, asks, connected, listens, says
from support.eventually import eventually
from support.servers import Nats

pytestmark = pytest.mark.anyio


@pytest.fixture
async def users(nats: Nats, eve: Outsider) -> AsyncIterator[dict[str, User]]:
    await declare(eve.js, HAPPENINGS, STATES)
    async with AsyncExitStack() as connections:
        yield {name: await connections.enter_async_context(connected(nats.url(name), name)) for name in things.USERS}


DENIED = {
    "writer": {
        "delete its stream": asks("$JS.API.STREAM.DELETE.HAPPENINGS"),
        "delete a message": asks("$JS.API.STREAM.MSG.DELETE.HAPPENINGS"),
        "create another stream": asks("$JS.API.STREAM.CREATE.OTHER"),
        "purge another stream": asks("$JS.API.STREAM.PURGE.OTHER"),
        "list streams": asks("$JS.API.STREAM.LIST"),
        "delete a durable": asks("$JS.API.CONSUMER.DELETE.HAPPENINGS.reader"),
        "say another's events": says("evt.other.1"),
        "wake in another's name": says("wake.reader"),
        "listen to another's inbox": listens("_INBOX_reader.>"),
        "listen to everything": listens(">"),
    },
    "reader": {
        "forge an event": says("evt.thing.1"),
        "forge a state": says("state.thing.1"),
        "delete the stream": asks("$JS.API.STREAM.DELETE.HAPPENINGS"),
        "purge the stream": asks("$JS.API.STREAM.PURGE.HAPPENINGS"),
        "declare the stream": asks("$JS.API.STREAM.CREATE.HAPPENINGS"),
        "read a message past its durable": asks("$JS.API.STREAM.MSG.GET.HAPPENINGS"),
        "read a message directly": asks("$JS.API.DIRECT.GET.HAPPENINGS"),
        "create another durable": asks("$JS.API.CONSUMER.CREATE.HAPPENINGS.other"),
        "delete its durable": asks("$JS.API.CONSUMER.DELETE.HAPPENINGS.reader"),
        "acknowledge for another": says("$JS.ACK.HAPPENINGS.other.1.1.1.1.0"),
        "read a foreign stream": asks("$JS.API.CONSUMER.CREATE.OTHER.reader"),
        "wake in another's name": says("wake.writer"),
        "listen to another's inbox": listens("_INBOX_writer.>"),
        "listen to events outside the stream": listens("evt.thing.*"),
        "listen to every ping": listens("wake.*"),
    },
}

ALLOWED = {
    "writer": {
        "say an event": asks("evt.thing.1", b"x"),
        "describe its stream": asks("$JS.API.STREAM.INFO.HAPPENINGS"),
        "purge a subject": asks("$JS.API.STREAM.PURGE.HAPPENINGS", b'{"filter": "evt.thing.1", "keep": 1}'),
        "declare its streams": lambda connection: declare(connection.jetstream(), HAPPENINGS, STATES),
        "ping": says("wake.writer"),
        "tell its replicas": says("changed.writer.thing"),
    },
    "reader": {
        "create its durable": lambda connection: connection.jetstream().add_consumer(
            "HAPPENINGS", ConsumerConfig(name="reader", durable_name="reader", filter_subjects=["evt.thing.*"])
        ),
        "look at its durable": asks("$JS.API.CONSUMER.INFO.HAPPENINGS.reader"),
        "hear the writer's ping": listens("wake.writer"),
        "hear its replicas": listens("changed.reader.>"),
    },
}


def _cases(table: dict[str, dict[str, Attempt]]) -> list[object]:
    return [
        pytest.param(user, attempt, id=f"{user}: {what}")
        for user, attempts in table.items()
        for what, attempt in attempts.items()
    ]


@pytest.mark.parametrize(("user", "attempt"), _cases(DENIED))
async def test_denied(users: dict[str, User], user: str, attempt: Attempt) -> None:
    assert await users[user].is_denied(attempt)


@pytest.mark.parametrize(("user", "attempt"), _cases(ALLOWED))
async def test_allowed(users: dict[str, User], user: str, attempt: Attempt) -> None:
    assert not await users[user].is_denied(attempt)


async def test_a_denial_is_counted(nats: Nats) -> None:
    before = VIOLATIONS._value.get()
    async with things.on_bus(nats.url("reader"), "reader") as bus:
        await _connected(bus)
        await bus.publish("evt.thing.1")

        async def counted() -> bool:
            return bool(VIOLATIONS._value.get() == before + 1)

        await eventually(counted)


async def _connected(bus: Bus) -> None:
    await bus.connected()
