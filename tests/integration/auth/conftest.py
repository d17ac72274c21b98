"""auth alone on a real PostgreSQL, seeded: its application in this process, and no NATS and no Redis."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import pytest

from auth.main import service
from auth.seed import seed
from auth.settings import AuthSettings
from common import migrations
from common.database import Database
from integration.auth.callers import Caller, Callers
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
def migrated(postgres: Postgres) -> str:
    """The name of a database with the schema and nothing in it, to copy."""
    migrations.upgrade(postgres.create("migrated", "auth"), schema="auth", versions=service.versions)
    return "migrated"


@pytest.fixture(scope="session")
def seeded(postgres: Postgres, migrated: str) -> tuple[str, str]:
    """The name of a database with the seed's accounts, to copy, and goddard's key."""
    key_file = postgres.folder / "goddard.key"
    url = postgres.copy(migrated, "seeded")
    settings = AuthSettings(**SETTINGS, database_url=url, goddard_key_file=key_file)

    async def run() -> None:
        database = Database(url, schema="auth")
        await database.open()
        await seed(database, settings)
        await database.close()

    asyncio.run(run())
    return "seeded", key_file.read_text().strip()


@pytest.fixture
def empty_url(postgres: Postgres, migrated: str) -> str:
    return postgres.copy(migrated, f"auth_{uuid4().hex}")


@pytest.fixture
def database_url(postgres: Postgres, seeded: tuple[str, str]) -> str:
    return postgres.copy(seeded[0], f"auth_{uuid4().hex}")


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
async def callers(client: httpx.AsyncClient, seeded: tuple[str, str]) -> Callers:
    return await Callers.of(client, goddards_key=seeded[1])


@pytest.fixture
def admin(callers: Callers) -> Caller:
    return callers.admin


@pytest.fixture
def goddard(callers: Callers) -> Caller:
    return callers.goddard
