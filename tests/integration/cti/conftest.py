"""cti alone on a real PostgreSQL: its application in this process, callers it knows, and no NATS."""

from collections.abc import AsyncIterator, Iterator
from uuid import uuid4

import httpx
import psycopg
import pytest

from common import migrations
from common.database import Database
from common.ids import new_id
from common.peers import service_token
from cti.main import service
from cti.settings import CtiSettings
from integration.cti.callers import Caller, know_signing_key, known_caller
from support.servers import Postgres

ROLES = ("ADMIN", "AGENT", "USER", "SERVICE")
SECRET = "the secret that cti knows its callers by"


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Postgres]:
    server = Postgres(tmp_path_factory.mktemp("postgres"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def database_url(postgres: Postgres) -> str:
    url = postgres.create(f"cti_{uuid4().hex}", "cti")
    migrations.upgrade(url, schema="cti", versions=service.versions)
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, schema="cti")
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def client(database_url: str) -> AsyncIterator[httpx.AsyncClient]:
    settings = CtiSettings(
        database_url=database_url,
        nats_url="nats://127.0.0.1:1",
        cti_service_secret=SECRET,
        auth_service_secret=SECRET,
        auth_url="http://127.0.0.1:1",
    )
    app = service.app(settings)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://cti") as client,
    ):
        yield client


@pytest.fixture
def callers(client: httpx.AsyncClient, database_url: str) -> dict[str, Caller]:
    """A user of each role, by role."""
    with psycopg.connect(database_url, options="-c search_path=cti") as connection:
        know_signing_key(connection)
        return {role: known_caller(client, connection, role) for role in ROLES}


@pytest.fixture
def admin(callers: dict[str, Caller]) -> Caller:
    return callers["ADMIN"]


@pytest.fixture
def peer(client: httpx.AsyncClient) -> Caller:
    """The tickets service."""
    token = service_token(SECRET, caller="tickets", callee="cti")
    return Caller(new_id(), client, {"Authorization": f"Bearer {token}"})
