"""auth alone on a real PostgreSQL, seeded: its application in this process, and no NATS and no Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest

from auth.main import service
from auth.settings import AuthSettings
from common import migrations
from common.database import Database
from common.service import seeded
from integration.auth.callers import Caller, Callers
from integration.auth.state import State
from support.eventually import eventually
from support.servers import Postgres

SERVICE_SECRET = "the secret that auth knows its callers by"
SETTINGS: dict[str, Any] = {
    "jwt_secret": "b7d0f3a94c1e58762f0d9be4a5c81736",
    "nats_url": "nats://127.0.0.1:1",
    "auth_service_secret": SERVICE_SECRET,
    "trusted_proxies": "127.0.0.1",
    "client_url": "http://localhost:3080",
}

Opener = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


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
def state(postgres: Postgres) -> State:
    """The one database of all tests, which can be put back to how it was."""
    url = postgres.create("auth", "auth")
    migrations.upgrade(url, schema="auth", versions=service.versions)
    state = State(url)
    state.keep("empty")
    key_file = postgres.folder / "goddard.key"
    asyncio.run(seeded(service, AuthSettings(**SETTINGS, database_url=url, goddard_key_file=key_file)))
    state.keep("seeded")
    return state


@pytest.fixture(scope="session")
def goddards_key(postgres: Postgres, state: State) -> str:
    return (postgres.folder / "goddard.key").read_text().strip()


@pytest.fixture
def empty_url(state: State) -> str:
    """The database without a single row."""
    state.restore("empty")
    return state.url


@pytest.fixture
def database_url(state: State) -> str:
    """The database with the accounts of the seed."""
    state.restore("seeded")
    return state.url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, schema="auth")
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def opened(database_url: str) -> Opener:
    """A running auth, with settings of the test's choice; its signing key is published."""

    @asynccontextmanager
    async def open_(**settings: Any) -> AsyncIterator[httpx.AsyncClient]:
        app = service.app(AuthSettings(**{**SETTINGS, "database_url": database_url, **settings}))
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://localhost:3080") as client,
        ):
            keys = app.state.runtime.authenticator.keys
            await eventually(lambda: keys.get(app.state.auth.key.kid))
            yield client

    return open_


@pytest.fixture
async def client(opened: Opener) -> AsyncIterator[httpx.AsyncClient]:
    async with opened() as client:
        yield client


@pytest.fixture
async def callers(client: httpx.AsyncClient, goddards_key: str) -> Callers:
    return await Callers.of(client, goddards_key=goddards_key)


@pytest.fixture
def admin(callers: Callers) -> Caller:
    return callers.admin


@pytest.fixture
def goddard(callers: Callers) -> Caller:
    return callers.goddard
