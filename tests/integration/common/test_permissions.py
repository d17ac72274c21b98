"""One NATS user per service: what it may do it does, and nothing else."""

from collections.abc import AsyncIterator, Awaitable, Callable

import nats as nats_py
import pytest
from nats.aio.client import Client
from nats.errors import Error
from nats.js.api import ConsumerConfig

from common.bus import VIOLATIONS, Bus
from common.streams import declare
from integration.common import things
from integration.common.things import HAPPENINGS, STATES
from support.bus import Outsider
from support.eventually import eventually
from support.servers import Nats

pytestmark = pytest.mark.anyio

Attempt = Callable[[Client], Awaitable[object]]


class User:
    def __init__(self, connection: Client, denials: list[str]) -> None:
        self.connection = connection
        self._denials = denials

    async def is_denied(self, attempt: Attempt) -> bool:
        """Whether NATS refused it. A request that is refused gets no answer; the refusal comes beside it."""
        try:
            await attempt(self.connection)
        except Error:
            pass
        # Refusals come in the order of the attempts; this one comes for certain.
        await self.connection.publish("no.such.right", b"")
        await eventually(self._refusal_of_the_last)
        return len(self._denials) > 1

    async def _refusal_of_the_last(self) -> bool:
        return any("no.such.right" in denial for denial in self._denials)


@pytest.fixture
async def users(nats: Nats, eve: Outsider) -> AsyncIterator[dict[str, User]]:
    await declare(eve.js, HAPPENINGS, STATES)
    found = {}
    for name in things.USERS:
        denials: list[str] = []

        async def note(error: Exception, denials: list[str] = denials) -> None:
            denials.append(str(error).lower())

        connection = await nats_py.connect(nats.url(name), inbox_prefix=f"_INBOX_{name}", error_cb=note)
        found[name] = User(connection, denials)
    yield found
    for user in found.values():
        await user.connection.close()


def asks(subject: str, payload: bytes = b"{}") -> Attempt:
    return lambda connection: connection.publish(subject, payload, reply=connection.new_inbox())


def says(subject: str) -> Attempt:
    return lambda connection: connection.publish(subject, b"")


def listens(subject: str) -> Attempt:
    return lambda connection: connection.subscribe(subject)


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
