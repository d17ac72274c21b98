"""audit on a real PostgreSQL and NATS, beside a tickets that it can ask: both applications in this process.

audit runs as the role it has in production, which may not change what it once wrote.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import httpx
import orjson
import psycopg
import pytest
import uvicorn
from fastapi import FastAPI
from psycopg.rows import scalar_row

from audit.main import service as audit_service
from audit.settings import AuditSettings
from common import migrations
from common.event import Event
from common.peers import Peer
from common.streams import declare
from contracts.streams import EVENTS, IDENTITY, NODES, REVOKED
from deploy.topology import SERVICES
from integration.audit.history import Ticket
from integration.cti.callers import Caller, know_signing_key, known_caller
from support.bus import Outsider, outsider
from support.eventually import eventually
from support.servers import PASSWORD, PORTS, Nats, Postgres
from tickets.main import service as tickets_service
from tickets.settings import Settings as TicketsSettings

SECRET = "the secret that a service knows its callers by"
SECRETS = {f"{name}_service_secret": SECRET for name in ("auth", "cti", "tickets", "audit")}
NOWHERE = "http://127.0.0.1:1"
DEAF = "nats://127.0.0.1:1"
ROLES = ("ADMIN", "AGENT", "USER", "SERVICE")


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
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    users = {each.name: allowed for each in SERVICES if (allowed := each.nats_permissions()) is not None}
    server = Nats(tmp_path_factory.mktemp("nats"), users)
    server.start()
    yield server
    server.stop()


@pytest.fixture
async def operator(nats: Nats) -> AsyncIterator[Outsider]:
    """The bus, empty but for the streams."""
    async with outsider(nats.url()) as operator:
        await operator.forget_everything()
        await declare(operator.js, EVENTS, IDENTITY, REVOKED, NODES)
        yield operator


@pytest.fixture(scope="session")
def template(postgres: Postgres) -> str:
    """The name of a database with the schemas of both, as they are before anything has happened."""
    url = postgres.create("template", "audit")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE SCHEMA tickets")
        connection.execute(f"CREATE ROLE audit_app LOGIN PASSWORD '{PASSWORD}'")
        connection.execute("GRANT USAGE ON SCHEMA audit TO audit_app")
        for what in ("SELECT, INSERT, UPDATE, DELETE ON TABLES", "EXECUTE ON FUNCTIONS"):
            connection.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA audit GRANT {what} TO audit_app")
    for service in (audit_service, tickets_service):
        migrations.upgrade(url, schema=service.name, versions=service.versions)
    return "template"


@pytest.fixture
def database_url(postgres: Postgres, template: str) -> str:
    """A database of the test's own, as the superuser."""
    return postgres.copy(template, f"audit_{uuid4().hex}")


@pytest.fixture
def app_url(database_url: str) -> str:
    """The same database as the service's own role."""
    return database_url.replace("postgres:", "audit_app:")


@pytest.fixture
def tables(database_url: str) -> Iterator["Tables"]:
    with psycopg.connect(database_url, autocommit=True, row_factory=scalar_row) as connection:
        connection.execute("SET search_path = audit")
        yield Tables(connection)


class Tables:
    """audit's tables, seen past audit."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def count(self, table: str, where: str = "true", *values: object) -> int:
        (count,) = self.connection.execute(f"SELECT count(*) FROM {table} WHERE {where}", values).fetchall()
        return int(count)

    def let_pass(self, seconds: float) -> None:
        """Let gaps, and what was asked about them, be so much older.

        What audit works on is left out: it runs in this process, and could not let go of it while this waits.
        """
        self.connection.execute(
            """
            UPDATE ticket_heads
            SET gap_since = gap_since - make_interval(secs => %(seconds)s),
                asked_at = asked_at - make_interval(secs => %(seconds)s)
            WHERE ticket_id IN (SELECT ticket_id FROM ticket_heads WHERE gap_since IS NOT NULL FOR UPDATE SKIP LOCKED)
            """,
            {"seconds": seconds},
        )

    def hold(self, word: str) -> list[str]:
        """The tables in which a word is found."""
        names = self.connection.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'audit' ORDER BY 1"
        ).fetchall()
        return [name for name in names if self.count(name, f"strpos({_text(name)}, %s) > 0", word)]


def _text(table: str) -> str:
    return f"convert_from({table}.body, 'UTF8')" if table == "dead_letters" else f"{table}::text"


class Audit:
    """audit as its callers see it, and what they say to it."""

    def __init__(self, client: httpx.AsyncClient, operator: Outsider, callers: dict[str, Caller]) -> None:
        self._client = client
        self.operator = operator
        self.callers = callers

    async def say(self, *events: Event) -> None:
        """Put events on the stream, as tickets' relay does."""
        for event in events:
            await self.operator.publish(event.nats_subject, event.to_json())

    async def ping(self, ticket: Ticket, version: int) -> None:
        """Tell that a version was committed, as tickets does before its relay gets to it."""
        head = {"ticketId": str(ticket), "displayId": ticket.display_id, "version": version}
        await self.operator.connection.publish("wake.tickets", orjson.dumps([head]))
        await self.operator.connection.flush()

    async def get(self, reference: object, query: str = "", **headers: str) -> httpx.Response:
        return await self.callers["USER"].get(f"/api/tickets/{reference}/audit{query}", **headers)

    async def entries(self, reference: object) -> list[dict[str, Any]]:
        answer = await self.get(reference)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()
        return found

    async def details(self, reference: object) -> list[str | None]:
        return [entry["detail"] for entry in await self.entries(reference)]

    async def metric(self, name: str) -> float:
        text = (await self._client.get("/metrics")).text
        return float(next(line for line in text.splitlines() if line.startswith(f"{name} ")).split()[1])


class System:
    """Starts and ends the two services."""

    def __init__(self, database_url: str, nats: Nats, operator: Outsider) -> None:
        self.tickets_url = NOWHERE
        self.stop_tickets: Callable[[], Awaitable[None]]
        self._database_url = database_url
        self._nats = nats
        self._operator = operator
        self._callers: dict[str, Caller] | None = None

    @asynccontextmanager
    async def audit(self) -> AsyncIterator[Audit]:
        """audit for as long as the block lasts. It comes back with the data and the callers it had."""
        settings = AuditSettings.model_validate(
            {
                "database_url": self._database_url.replace("postgres:", "audit_app:"),
                "nats_url": self._nats.url("audit"),
                "tickets_url": self.tickets_url,
                "auth_url": NOWHERE,
            }
            | SECRETS
        )
        app = audit_service.app(settings)
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://audit") as client,
        ):
            audit = Audit(client, self._operator, self._known(client))
            await eventually(lambda: _is_ready(client))
            yield audit

    def _known(self, client: httpx.AsyncClient) -> dict[str, Caller]:
        if self._callers is None:
            with psycopg.connect(self._database_url, options="-c search_path=audit") as connection:
                know_signing_key(connection)
                self._callers = {role: known_caller(client, connection, role) for role in ROLES}
        return {role: Caller(known.id, client, known.headers) for role, known in self._callers.items()}


async def _is_ready(client: httpx.AsyncClient) -> bool:
    return (await client.get("/readyz")).status_code == 200


@pytest.fixture
def system(database_url: str, nats: Nats, operator: Outsider) -> System:
    return System(database_url, nats, operator)


@pytest.fixture
async def audit(system: System) -> AsyncIterator[Audit]:
    """audit with nobody to ask: what it knows, it heard."""
    async with system.audit() as audit:
        yield audit


class Tickets:
    """The tickets service without NATS: what it says reaches audit only when audit asks."""

    def __init__(self, url: str, admin: Caller, connection: psycopg.Connection[Any], route: dict[str, str]) -> None:
        self._url = url
        self._admin = admin
        self._connection = connection
        self._route = route

    async def create(self, *comments: str) -> dict[str, Any]:
        new = {"title": "Backup", "overview": "It broke.", "severity": 3, **self._route}
        answer = await self._admin.post("/api/tickets", new)
        assert answer.status_code == 201, answer.text
        ticket: dict[str, Any] = answer.json()
        for body in comments:
            await self.comment(ticket, body)
        return ticket

    async def comment(self, ticket: dict[str, Any], body: str) -> None:
        answer = await self._admin.post(f"/api/tickets/{ticket['id']}/comments", {"body": body})
        assert answer.status_code == 201, answer.text

    async def delete(self, ticket: dict[str, Any]) -> None:
        assert (await self._admin.delete(f"/api/tickets/{ticket['id']}")).status_code == 204

    def event(self, ticket: dict[str, Any], version: int) -> bytes:
        """What the relay would put on the stream, if it could."""
        row = self._connection.execute(
            "SELECT body FROM events WHERE aggregate_id = %s AND version = %s", [ticket["id"], version]
        ).fetchone()
        return str(row).encode()

    async def events_page(self, ticket: dict[str, Any]) -> list[Any]:
        """What another service gets that asks for the ticket's events."""
        peer = Peer("tickets", self._url, SECRET, caller="audit")
        answer: dict[str, list[Any]] | None = await peer.get(f"/internal/tickets/{ticket['id']}/events")
        await peer.close()
        assert answer is not None
        return answer["events"]


@pytest.fixture
async def tickets(database_url: str, system: System) -> AsyncIterator[Tickets]:
    """Found by every audit that starts from now on. `system.stop_tickets()` ends it earlier."""
    port = PORTS.take()
    settings = TicketsSettings.model_validate(
        {"database_url": database_url, "nats_url": DEAF, "auth_url": NOWHERE, "cti_url": NOWHERE} | SECRETS
    )
    url = f"http://127.0.0.1:{port}"
    async with (
        _served(tickets_service.app(settings), port) as system.stop_tickets,
        httpx.AsyncClient(base_url=url) as client,
    ):
        system.tickets_url = url
        with psycopg.connect(
            database_url, autocommit=True, row_factory=scalar_row, options="-c search_path=tickets"
        ) as connection:
            know_signing_key(connection)
            yield Tickets(url, known_caller(client, connection, "ADMIN"), connection, _known_route(connection))


def _known_route(connection: psycopg.Connection[Any]) -> dict[str, str]:
    """A category, a type and an item, as tickets has heard of them."""
    route, parent = {}, None
    for level in ("category", "type", "item"):
        node = str(uuid4())
        connection.execute(
            "INSERT INTO known_nodes (id, level, parent_id, name, deleted, version) VALUES (%s, %s, %s, %s, false, 1)",
            [node, level, parent, level.title()],
        )
        route[f"{level}Id"] = parent = node
    return route


@asynccontextmanager
async def _served(app: FastAPI, port: int) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """The application on a port, and how to stop it before the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, ws="none"))
    serving = asyncio.create_task(server.serve())

    async def stop() -> None:
        server.should_exit = True
        await serving

    async def has_started() -> bool:
        return server.started

    await eventually(has_started)
    try:
        yield stop
    finally:
        await stop()
