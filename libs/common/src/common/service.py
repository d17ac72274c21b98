"""What every service is: settings, a database, a bus, routes, and the tasks beside them, in one process.

    service = Service(
        name="cti", settings=Settings, metadata=tables.metadata, routers=[categories.router], outbox=tables.outbox,
        owns=[NODES], listens=consumers.listens, seed=seed, versions=MIGRATIONS,
    )

`service.app()` is the ASGI application; `common.cli` is its command line.
"""

import asyncio
import gc
import logging
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import APIRouter, FastAPI
from psycopg import Error as PostgresError
from sqlalchemy import MetaData
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from common import observe, openapi
from common.authenticator import Authenticator
from common.bus import Bus
from common.consumer import DurablePull, Together
from common.database import Database, Reader, query
from common.dead_letters import DeadLetters, Handlers
from common.event import Event
from common.known_keys import KnownKeys
from common.known_users import KnownUsers
from common.outbox import Outbox
from common.peers import Peer
from common.relay import Relay
from common.repair import Snapshot, keep_repaired
from common.routing import json_response, render
from common.settings import Settings
from common.streams import Stream
from common.tasks import end

PATIENCE_WITH_BOOTSTRAP = 5.0
"""Seconds after which a service that knows users from an earlier life serves with what it knows."""

PATIENCE_WITH_DATABASE = 3.0
WATCH_SECONDS = 0.5
PAUSE_AFTER_FAILURE = 1.0

_KNOWS_USERS = query("SELECT EXISTS (SELECT FROM known_users)")

log = logging.getLogger(__name__)


@dataclass
class Runtime:
    """The running parts of one service process, for routes and tasks."""

    settings: Any
    database: Database
    bus: Bus
    relay: Relay | None
    authenticator: Authenticator
    auth: Peer | None
    draining: bool = False
    database_answers: bool = False
    knows_users: bool = False
    started: float = field(default_factory=time.monotonic)
    pulls: list[DurablePull] = field(default_factory=list)
    ending: AsyncExitStack = field(default_factory=AsyncExitStack)
    """What the service opened, to be closed when it stops."""

    def peer(self, name: str) -> Peer:
        """Another service, to be asked as this one until this one stops."""
        url, secret = getattr(self.settings, f"{name}_url"), getattr(self.settings, f"{name}_service_secret")
        peer = Peer(name, url, secret, caller=self.bus.name)
        self.ending.push_async_callback(peer.close)
        return peer

    def said(self) -> None:
        """Call after a commit that recorded events: they are published now, here or by the leading replica."""
        if self.relay is not None:
            self.relay.wake()

    async def forget_user(self, user_id: UUID) -> None:
        """This user changed: drop the copies that the replicas of this service hold in memory."""
        await self.bus.tell_replicas(f"changed.{self.bus.name}.user", str(user_id).encode())

    async def forget_keys(self) -> None:
        """The signing keys changed: verify every token anew, in every replica of this service."""
        await self.bus.tell_replicas(f"changed.{self.bus.name}.key")


@dataclass(frozen=True)
class Listen:
    """One stream this service hears, and what it does with each event type."""

    stream: Stream
    handlers: Handlers
    after_commit: Callable[[Sequence[Event]], Awaitable[None]] | None = None
    together: Together | None = None


class Refused(Exception):
    """A command cannot do what it was asked to: its words say why."""


@dataclass(frozen=True)
class Command:
    """A command of one service alone, beside those that all have. `run` answers what it did, or raises `Refused`."""

    name: str
    help: str
    argument: str
    run: Callable[[Database, Any, str], Awaitable[str]]


Task = Callable[[Runtime], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Service:
    name: str
    description: str
    settings: type[Settings]
    metadata: MetaData
    versions: Path
    routers: Sequence[APIRouter]
    purge_after: Collection[str] = ()
    owns: Sequence[Stream] = ()
    outbox: Outbox | None = None
    listens: Callable[[Runtime], Sequence[Listen]] = lambda _: ()
    dead_letters: DeadLetters | None = None
    snapshots: Callable[[Runtime], Sequence[Snapshot]] = lambda _: ()
    start: Callable[[FastAPI, Runtime], Awaitable[None]] | None = None
    tasks: Sequence[Task] = ()
    seed: Callable[[Database, Any], Awaitable[None]] | None = None
    commands: Sequence[Command] = ()

    def runtime(self, settings: Settings) -> Runtime:
        """The parts, connected to nothing yet."""
        database = Database(settings.database_url, schema=self.name)
        bus = Bus(settings.nats_url, name=self.name)
        auth = None
        if self.name != "auth":
            auth = Peer("auth", settings.auth_url, settings.auth_service_secret, caller=self.name)
        authenticator = Authenticator(
            KnownUsers(database, auth),
            KnownKeys(database, auth),
            client_origin=settings.client_origin,
            secure_cookies=settings.secure_cookies,
            enforces_password_change=settings.enforces_password_change,
        )
        relay = None
        if self.outbox is not None:
            relay = Relay(database, bus, self.outbox, streams=self.owns, purge_after=self.purge_after)
        runtime = Runtime(settings, database, bus, relay, authenticator, auth)
        if auth is not None:
            runtime.ending.push_async_callback(auth.close)
        runtime.pulls = [self._pull(runtime, listen) for listen in self.listens(runtime)]
        return runtime

    def _pull(self, runtime: Runtime, listen: Listen) -> DurablePull:
        if self.dead_letters is None:
            raise ValueError(f"{self.name} hears {listen.stream.name} and has nowhere to put what it cannot read")
        return DurablePull(
            runtime.database,
            runtime.bus,
            listen.stream,
            handlers=listen.handlers,
            dead_letters=self.dead_letters,
            together=listen.together,
            after_commit=listen.after_commit,
        )

    def app(self, settings: Settings) -> FastAPI:
        """The ASGI application."""
        app = FastAPI(
            title=f"Ticketing: {self.name}",
            description=self.description,
            version="1.0.0",
            openapi_url=None,
            docs_url=None,
            redoc_url=None,
            redirect_slashes=False,
            lifespan=self._lifespan,
        )
        app.state.settings = settings
        app.state.service_name = self.name
        app.state.service_secret = getattr(settings, f"{self.name}_service_secret")
        # Not include_router: it would wrap each route once more, and every request would pay for it.
        for router in [*self.routers, _operations(self)]:
            app.router.routes.extend(router.routes)
        app.add_exception_handler(Exception, _rendered)
        app.add_exception_handler(404, _rendered)
        app.add_exception_handler(405, _rendered)
        app.add_middleware(observe.Observed, service=self.name)
        app.add_middleware(
            CrossOrigin,
            allow_origins=[settings.client_origin],
            allow_credentials=True,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                "If-None-Match",
                "X-Api-Key",
            ],
            expose_headers=["ETag", "Idempotent-Replayed", "Link", "Retry-After", "X-Request-Id", "X-Total-Count"],
            max_age=600,
        )
        return app

    def openapi(self) -> dict[str, Any]:
        """The API reference of this service's public operations."""
        return openapi.document(self.name, self.description, [r for router in self.routers for r in router.routes])

    @asynccontextmanager
    async def _lifespan(self, app: FastAPI) -> AsyncIterator[None]:
        runtime = self.runtime(app.state.settings)
        app.state.runtime = runtime
        app.state.authenticator = runtime.authenticator
        await runtime.database.open()
        await runtime.bus.start()
        await self._hear_forgetting(runtime)
        if self.start is not None:
            await self.start(app, runtime)
        tasks = (_watch_database, self._keep_repaired, *self.tasks)
        running: list[asyncio.Task[None]] = [asyncio.create_task(_kept_going(task, runtime)) for task in tasks]
        running += [asyncio.create_task(pull.run()) for pull in runtime.pulls]
        if runtime.relay is not None:
            running.append(asyncio.create_task(runtime.relay.run()))
        gc.collect()
        gc.freeze()  # what start-up made lives for ever: the collector need not look at it again
        log.info("service.started")
        yield
        await end(running)
        await runtime.bus.close()
        await runtime.ending.aclose()
        await runtime.database.close()
        log.info("service.stopped")

    async def _keep_repaired(self, runtime: Runtime) -> None:
        if snapshots := self.snapshots(runtime):
            every = runtime.settings.repair_interval
            await keep_repaired(runtime.database, snapshots, streams=runtime.pulls, every=every)

    async def _hear_forgetting(self, runtime: Runtime) -> None:
        async def forget_user(user_id: bytes) -> None:
            runtime.authenticator.users.forget(UUID(user_id.decode()))

        async def forget_keys(_nothing: bytes) -> None:
            runtime.authenticator.forget_tokens()

        await runtime.bus.subscribe(f"changed.{self.name}.user", forget_user)
        await runtime.bus.subscribe(f"changed.{self.name}.key", forget_keys)


class CrossOrigin(CORSMiddleware):
    """CORS for requests that name an origin; the others, most of them, do not pay for it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if any(name == b"origin" for name, _ in scope.get("headers", ())):
            await super().__call__(scope, receive, send)
        else:
            await self.app(scope, receive, send)


async def _rendered(_request: Request, error: Exception) -> Response:
    return render(error)


def identity_listen(runtime: Runtime, handlers: Mapping[Any, Any], stream: Stream) -> Listen:
    """Hear users, keys and revocations, and make the replicas drop what they hold in memory of them."""

    async def after_commit(events: Sequence[Event]) -> None:
        for event in events:
            if event.type.startswith("user."):
                await runtime.forget_user(UUID(event.subject))
            elif event.type.startswith("token."):
                await runtime.forget_user(event.data.user_id)  # type: ignore[attr-defined]  # every token event has it
            else:
                await runtime.forget_keys()

    return Listen(stream, handlers, after_commit)


def _operations(service: Service) -> APIRouter:
    """What operators and the gateway ask of every service."""
    router = APIRouter()

    @router.get("/healthz", include_in_schema=False)
    async def healthz() -> Response:
        return json_response({"status": "alive"})

    @router.get("/readyz", include_in_schema=False)
    async def readyz(request: Request) -> Response:
        missing = _missing(request.app.state.runtime)
        return json_response({"status": "waiting" if missing else "ready", "missing": missing}, 503 if missing else 200)

    @router.get("/metrics", include_in_schema=False)
    async def metrics() -> Response:
        return Response(observe.exposition(), media_type=observe.EXPOSITION_TYPE)

    @router.get("/openapi.json", include_in_schema=False)
    async def openapi_json() -> Response:
        return json_response(service.openapi())

    return router


def _missing(runtime: Runtime) -> list[str]:
    """What keeps this replica from serving."""
    if runtime.draining:
        return ["draining"]
    if not runtime.database_answers:
        return ["database"]
    behind = [
        pull.stream.name for pull in runtime.pulls if not pull.caught_up.is_set() and pull.stream.last_per_subject
    ]
    waited = time.monotonic() - runtime.started
    return [] if runtime.knows_users and waited > PATIENCE_WITH_BOOTSTRAP else [f"stream {name}" for name in behind]


async def _kept_going(task: Task, runtime: Runtime) -> None:
    """Run a task, and again should it fail by what it did not expect: nobody would notice that it had ended."""
    while True:
        try:
            return await task(runtime)
        except Exception:
            log.exception("task.failed", extra={"task": getattr(task, "__qualname__", repr(task))})
            await asyncio.sleep(PAUSE_AFTER_FAILURE)


async def _watch_database(runtime: Runtime) -> None:
    """Know whether the database answers, on a connection of its own: a busy replica must not look like a dead one."""
    while True:
        try:
            connection = await runtime.database.connect()
            async with connection:
                while True:
                    async with asyncio.timeout(PATIENCE_WITH_DATABASE):
                        runtime.knows_users = await Reader(connection).scalar(_KNOWS_USERS)
                    runtime.database_answers = True
                    await asyncio.sleep(WATCH_SECONDS)
        except (PostgresError, OSError, TimeoutError) as error:
            runtime.database_answers = False
            log.warning("database.away", extra={"reason": str(error)[:200]})
            await asyncio.sleep(WATCH_SECONDS)


async def seeded(service: Service, settings: Settings) -> None:
    """Run the service's seed on a database of its own opening."""
    if service.seed is None:
        raise LookupError(f"{service.name} has nothing to seed")
    async with opened(service, settings) as database:
        await service.seed(database, settings)


@asynccontextmanager
async def opened(service: Service, settings: Settings) -> AsyncIterator[Database]:
    """The service's database, for a command beside the running service."""
    database = Database(settings.database_url, schema=service.name)
    await database.open()
    try:
        yield database
    finally:
        await database.close()
