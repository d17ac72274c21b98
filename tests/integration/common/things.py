"""A small service pair: `writer` says what happens to things and how they are, `reader` keeps what it heard."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import ClassVar, Literal
from uuid import uuid4

from sqlalchemy import BigInteger, Column, Table, Text, create_engine, text

from common.bus import Bus
from common.consumer import AfterCommit, DurablePull, ignore
from common.database import Database, Transaction, query, schema_metadata
from common.dead_letters import DeadLetters, Handlers, dead_letter_table
from common.event import Event, Fact
from common.outbox import Outbox, event_table
from common.projection import upsert_if_newer
from common.relay import Relay
from common.streams import Stream, owner_permissions, reader_permissions

HAPPENINGS = Stream(name="HAPPENINGS", subjects=("evt.thing.*",), max_age=86400.0)
STATES = Stream(name="STATES", subjects=("state.thing.*", "state.other.*"), last_per_subject=True)

USERS = {
    "writer": owner_permissions("writer", [HAPPENINGS, STATES]),
    "reader": reader_permissions("reader", [HAPPENINGS, STATES], hears=["writer"]),
}


class Words(Fact):
    text: str


class Said(Event):
    SUBJECT: ClassVar = "evt.thing.{id}"
    type: Literal["thing.said.v1"] = "thing.said.v1"
    data: Words


class Gone(Event):
    SUBJECT: ClassVar = "evt.thing.{id}"
    type: Literal["thing.gone.v1"] = "thing.gone.v1"
    data: Words


class Stated(Event):
    SUBJECT: ClassVar = "state.thing.{id}"
    type: Literal["thing.stated.v1"] = "thing.stated.v1"
    data: Words


class StatedElsewhere(Event):
    SUBJECT: ClassVar = "state.other.{id}"
    type: Literal["other.stated.v1"] = "other.stated.v1"
    data: Words


metadata = schema_metadata()
outbox = Outbox(event_table(metadata))
letters = DeadLetters(dead_letter_table(metadata))
heard = Table(
    "heard",
    metadata,
    Column("thing", Text, primary_key=True),
    Column("version", BigInteger, primary_key=True),
    Column("text", Text, nullable=False),
)
known = Table(
    "known",
    metadata,
    Column("thing", Text, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
)
KEEP = upsert_if_newer(known)
HEAR = query(
    "INSERT INTO heard (thing, version, text) VALUES (%(thing)s, %(version)s, %(text)s) ON CONFLICT DO NOTHING"
)


async def hear(tx: Transaction, event: Said | Gone) -> None:
    await tx.execute(HEAR, thing=event.subject, version=event.version, text=event.data.text)


async def keep(tx: Transaction, event: Stated) -> None:
    await tx.execute(KEEP, thing=event.subject, version=event.version, text=event.data.text)


HEARD: Handlers = {Said: hear, Gone: hear}
KEPT: Handlers = {Stated: keep, StatedElsewhere: ignore}


def new_thing() -> str:
    return str(uuid4())


def said(thing: str, version: int, words: str = "word") -> Said:
    return Said(source="writer", subject=thing, version=version, time=datetime.now(UTC), data=Words(text=words))


def gone(thing: str, version: int) -> Gone:
    return Gone(source="writer", subject=thing, version=version, time=datetime.now(UTC), data=Words(text=""))


def stated(thing: str, version: int, words: str = "word") -> Stated:
    return Stated(source="writer", subject=thing, version=version, time=datetime.now(UTC), data=Words(text=words))


def create_schema(url: str, schema: str) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.begin() as connection:
        connection.execute(text(f'CREATE SCHEMA "{schema}"'))
        connection.execute(text(f'SET LOCAL search_path = "{schema}"'))
        metadata.create_all(connection)
    engine.dispose()


def relay_of(database: Database, bus: Bus, *, purge_after: Collection[str] = (Gone.type_name(),)) -> Relay:
    return Relay(database, bus, outbox, streams=[HAPPENINGS, STATES], purge_after=purge_after)


def hearer(
    database: Database, bus: Bus, handlers: Handlers = HEARD, after_commit: AfterCommit | None = None
) -> DurablePull:
    return DurablePull(database, bus, HAPPENINGS, handlers=handlers, dead_letters=letters, after_commit=after_commit)


def keeper(database: Database, bus: Bus, handlers: Handlers = KEPT) -> DurablePull:
    return DurablePull(database, bus, STATES, handlers=handlers, dead_letters=letters)


async def say(database: Database, *events: Event) -> None:
    async with database.transaction() as tx:
        await outbox.record(tx, *events)


async def versions_heard(database: Database, thing: str) -> list[int]:
    async with database.read() as reader:
        rows = await reader.all(_HEARD_OF, thing=thing)
    return [row.version for row in rows]


async def text_known(database: Database, thing: str) -> str | None:
    async with database.read() as reader:
        words: str | None = await reader.scalar(_KNOWN_OF, thing=thing)
    return words


async def unpublished(database: Database) -> int:
    async with database.read() as reader:
        return int(await reader.scalar(_UNPUBLISHED))


@asynccontextmanager
async def opened(url: str, schema: str) -> AsyncIterator[Database]:
    database = Database(url, schema=schema)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@asynccontextmanager
async def on_bus(url: str, name: str) -> AsyncIterator[Bus]:
    bus = Bus(url, name=name)
    await bus.start()
    try:
        yield bus
    finally:
        await bus.close()


_HEARD_OF = query("SELECT version FROM heard WHERE thing = %(thing)s ORDER BY version")
_KNOWN_OF = query("SELECT text FROM known WHERE thing = %(thing)s")
_UNPUBLISHED = query("SELECT count(*) FROM events WHERE stream_seq IS NULL")
