"""What NATS refuses one of its users."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import nats
from nats.aio.client import Client
from nats.errors import Error

from support.eventually import eventually

Attempt = Callable[[Client], Awaitable[object]]
MARK = "no.such.right"


class User:
    """A connection that notes each refusal."""

    def __init__(self, connection: Client, denials: list[str]) -> None:
        self.connection = connection
        self._denials = denials

    async def is_denied(self, attempt: Attempt) -> bool:
        """Whether NATS refused it. A request that is refused gets no answer; the refusal comes beside it."""
        return bool(await self.denied({"": attempt}))

    async def denied(self, attempts: dict[str, Attempt]) -> set[str]:
        """The names of those that NATS refused."""
        return {name for name, attempt in attempts.items() if await self._refuses(attempt)}

    async def _refuses(self, attempt: Attempt) -> bool:
        self._denials.clear()
        try:
            await attempt(self.connection)
        except Error:
            pass
        # Refusals come in the order of the attempts; this one comes for certain.
        await self.connection.publish(MARK, b"")
        await eventually(self._refused_the_mark)
        return len(self._denials) > 1

    async def _refused_the_mark(self) -> bool:
        return any(MARK in denial for denial in self._denials)


@asynccontextmanager
async def connected(url: str, name: str) -> AsyncIterator[User]:
    denials: list[str] = []

    async def note(error: Exception) -> None:
        denials.append(str(error).lower())

    connection = await nats.connect(url, inbox_prefix=f"_INBOX_{name}", error_cb=note)
    try:
        yield User(connection, denials)
    finally:
        await connection.close()


def asks(subject: str, payload: bytes = b"{}") -> Attempt:
    return lambda connection: connection.publish(subject, payload, reply=connection.new_inbox())


def says(subject: str) -> Attempt:
    return lambda connection: connection.publish(subject, b"")


def listens(subject: str) -> Attempt:
    return lambda connection: connection.subscribe(subject)
