"""Messages that no retry will help, kept with the reason until an operator decides.

    letters = DeadLetters(dead_letter_table(metadata))
    await letters.list_(reader)
    await letters.replay(database, handlers)        # removed if the handler takes it now
    await letters.discard(tx, letter_id)

`python -m <service> dead-letters {list,replay,discard}` is the same from a shell.
"""

import hashlib
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import orjson
import psycopg
from prometheus_client import Gauge
from pydantic import ValidationError
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
)

from common.database import Database, Reader, Row, Transaction, query
from common.event import Event

OPEN = Gauge("dead_letters_open", "Messages that were set aside and wait for an operator.")

Handler = Callable[[Transaction, Any], Awaitable[None]]
Handlers = Mapping[type[Event], Handler]


class Unreadable(Exception):
    """The message is no event that this service knows."""


DETERMINISTIC = (Unreadable, ValidationError, psycopg.DataError, psycopg.IntegrityError)
"""Failures that come again however often a message is handled."""


def dead_letter_table(metadata: MetaData) -> Table:
    """Table `dead_letters`. The service's own role needs SELECT, INSERT, UPDATE and DELETE.

    `body` is what arrived, byte for byte; `aggregate_id` is the last token of the subject it arrived on.
    """
    return Table(
        "dead_letters",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("stream", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("aggregate_id", Text, nullable=False, index=True),
        Column("digest", LargeBinary, nullable=False),
        Column("body", LargeBinary, nullable=False),
        Column("error", Text, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
        # The same message twice, because an acknowledgement was lost or NATS forgot, is one letter.
        UniqueConstraint("subject", "digest"),
    )


class DeadLetters:
    """The dead letters of one service."""

    def __init__(self, table: Table) -> None:
        self.table = table

    async def add(self, tx: Transaction, *, stream: str, subject: str, body: bytes, error: Exception) -> None:
        """Keep a message with the reason."""
        await tx.execute(
            _ADD,
            stream=stream,
            subject=subject,
            aggregate_id=subject.rpartition(".")[2],
            digest=hashlib.sha256(body).digest(),
            body=body,
            error=reason(error),
        )

    async def list_(self, reader: Reader) -> list[Row]:
        """Rows of id, stream, subject, aggregate_id, body (bytes), error, created_at; oldest first."""
        return await reader.all(_LIST)

    async def replay(self, database: Database, handlers: Handlers, letter_id: int | None = None) -> list[Row]:
        """Handle one letter, or all, again: a transaction each. Returns the rows that failed again, with the reason.

        Errors that another attempt may heal (no database, say) are raised.
        """
        async with database.read() as reader:
            letters = [row for row in await self.list_(reader) if letter_id in (None, row.id)]
        failed = []
        for letter in letters:
            try:
                async with database.transaction() as tx:
                    event, handle = read(letter.body, handlers)
                    await handle(tx, event)
                    await tx.execute(_DISCARD, id=letter.id)
            except DETERMINISTIC as error:
                async with database.transaction() as tx:
                    await tx.execute(_FAILED_AGAIN, id=letter.id, error=reason(error))
                failed.append(letter._replace(error=reason(error)))
        return failed

    async def discard(self, tx: Transaction, letter_id: int | None = None) -> int:
        """Drop one letter, or all. Returns how many."""
        return await tx.execute(_DISCARD, id=letter_id)

    async def forget(self, tx: Transaction, aggregate_id: str) -> int:
        """Drop what is kept of one aggregate: it was deleted, and its words with it."""
        return await tx.execute(_FORGET, aggregate_id=aggregate_id)

    async def measure(self, reader: Reader) -> int:
        """Count the letters and set the metric."""
        count = int(await reader.scalar(_COUNT))
        OPEN.set(count)
        return count


def read(body: bytes, handlers: Handlers) -> tuple[Event, Handler]:
    """The event in a message and who handles it. `Unreadable` or `ValidationError` if there is none."""
    try:
        name = orjson.loads(body)["type"]
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise Unreadable("not a CloudEvent in JSON") from error
    for kind, handle in handlers.items():
        if kind.type_name() == name:
            return kind.model_validate_json(body), handle
    raise Unreadable(f"unknown type {name!r}")


def reason(error: Exception) -> str:
    """A failure in a few words, without the values that failed: they may be long, or not PostgreSQL's to store."""
    match error:
        case ValidationError():
            fields = "; ".join(
                f"{'.'.join(map(str, each['loc']))}: {each['type']}" for each in error.errors(include_input=False)
            )
            text = f"{error.title} does not fit: {fields}"
        case psycopg.Error():
            text = f"{type(error).__name__}: {error.diag.message_primary or error}"
        case _:
            text = f"{type(error).__name__}: {error}"
    return text.replace("\x00", "")[:1000]


_ADD = query(
    """
    INSERT INTO dead_letters (stream, subject, aggregate_id, digest, body, error)
    VALUES (%(stream)s, %(subject)s, %(aggregate_id)s, %(digest)s, %(body)s, %(error)s)
    ON CONFLICT (subject, digest) DO UPDATE SET error = excluded.error
    """
)
_LIST = query("SELECT id, stream, subject, aggregate_id, body, error, created_at FROM dead_letters ORDER BY id")
_DISCARD = query("DELETE FROM dead_letters WHERE %(id)s::bigint IS NULL OR id = %(id)s")
_FORGET = query("DELETE FROM dead_letters WHERE aggregate_id = %(aggregate_id)s")
_FAILED_AGAIN = query("UPDATE dead_letters SET error = %(error)s WHERE id = %(id)s")
_COUNT = query("SELECT count(*) FROM dead_letters")
