"""Real servers for the session; for each test a fresh database, no streams, and a writer beside a reader."""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any
from uuid import uuid4

import pytest

from common.bus import Bus
from common.consumer import DurablePull
from common.database import Database
from common.relay import Relay
from integration.common import things
from support.bus import Outsider, outsider
from support.servers import Nats, Postgres


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    server = Postgres(tmp_path_factory.mktemp("postgres"))
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    server = Nats(tmp_path_factory.mktemp("nats"), things.USERS)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def nats(nats_server: Nats) -> AsyncIterator[Nats]:
    async with outsider(nats_server.url()) as eve:
        await eve.forget_everything()
    yield nats_server
    if not nats_server.answers():
        nats_server.start()


@pytest.fixture
async def eve(nats: Nats) -> AsyncIterator[Outsider]:
    async with outsider(nats.url()) as eve:
        yield eve


@pytest.fixture
async def writer(postgres: Postgres) -> AsyncIterator[Database]:
    """The writer's schema."""
    async with _fresh(postgres, "writer") as database:
        yield database


@pytest.fixture
async def reader(postgres: Postgres) -> AsyncIterator[Database]:
    """The reader's schema."""
    async with _fresh(postgres, "reader") as database:
        yield database


class Running:
    """Starts parts of the two services and ends them with the test."""

    def __init__(self, nats: Nats) -> None:
        self._nats = nats
        self._stack = AsyncExitStack()
        self._tasks: dict[object, asyncio.Task[None]] = {}

    async def bus(self, name: str) -> Bus:
        return await self._stack.enter_async_context(things.on_bus(self._nats.url(name), name))

    async def relay(self, database: Database, **options: Any) -> Relay:
        relay = things.relay_of(database, await self.bus("writer"), **options)
        self._start(relay, relay.run())
        return relay

    async def consumer(self, database: Database, make: Any = things.hearer, **options: Any) -> DurablePull:
        consumer: DurablePull = make(database, await self.bus("reader"), **options)
        self._start(consumer, consumer.run())
        return consumer

    async def end(self, part: object) -> None:
        task = self._tasks.pop(part)
        task.cancel()
        # Once must be enough from outside.
        await asyncio.wait([task])

    async def close(self) -> None:
        for part in list(self._tasks):
            await self.end(part)
        await self._stack.aclose()

    def _start(self, part: object, work: Coroutine[Any, Any, None]) -> None:
        self._tasks[part] = asyncio.create_task(work)


@pytest.fixture
async def running(nats: Nats) -> AsyncIterator[Running]:
    running = Running(nats)
    yield running
    await running.close()


@asynccontextmanager
async def _fresh(postgres: Postgres, service: str) -> AsyncIterator[Database]:
    schema = f"{service}_{uuid4().hex}"
    things.create_schema(postgres.url, schema)
    async with things.opened(postgres.url, schema) as database:
        yield database
