"""The outbox: the only way to say something to another service.

    events = event_table(metadata)
    outbox = Outbox(events)

    async with database.transaction() as tx:
        await tx.execute(rename, id=ticket_id, title="...")
        await outbox.record(tx, TicketUpdated(...))     # true together with the rename, or not at all
    relay.wake()

An event is a row before it is a message. Rows are kept: they are what the relay says again if NATS forgets.
"""

from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    func,
)

from common.database import Transaction, query
from common.event import Event


def event_table(metadata: MetaData) -> Table:
    """Table `events`, and beside it `stream_epochs`, where the relay keeps which stream it last wrote to.

    `body` is the event as CloudEvents JSON. `stream_seq` is the place NATS gave it; NULL is "not published yet".
    The service's own role needs SELECT, INSERT, UPDATE and DELETE on both.
    """
    Table(
        "stream_epochs",
        metadata,
        Column("stream", Text, primary_key=True),
        Column("created", Text, nullable=False),
        Column("last_seq", BigInteger, nullable=False),
    )
    events = Table(
        "events",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("aggregate_id", Text, nullable=False),
        Column("version", BigInteger, nullable=False),
        Column("type", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("body", Text, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
        Column("stream_seq", BigInteger),
        UniqueConstraint("aggregate_id", "version"),
    )
    Index("ix_events_unpublished", events.c.id, postgresql_where=events.c.stream_seq.is_(None))
    return events


class Outbox:
    """What a service has to say, in the order in which it became true."""

    def __init__(self, table: Table) -> None:
        self.table = table

    async def record(self, tx: Transaction, *events: Event) -> None:
        """Say these with the transaction: one statement however many they are.

        An event whose aggregate already has that version raises `psycopg.errors.UniqueViolation`.
        """
        rows = [self.row(event) for event in events]
        if len(rows) == 1:
            await tx.execute(_RECORD, **rows[0])
        elif rows:
            await tx.execute(_RECORD_MANY, **{name: [row[name] for row in rows] for name in rows[0]})

    async def forget(self, tx: Transaction, event: Event) -> None:
        """Remove what was said of the aggregate before `event`. The relay's `purge_after` does it to the stream."""
        await tx.execute(_FORGET, aggregate_id=event.subject, version=event.version)

    COLUMNS: ClassVar = {"aggregate_id": "text", "version": "bigint", "type": "text", "subject": "text", "body": "text"}
    """Names and types of what `row` returns."""

    @staticmethod
    def row(event: Event) -> dict[str, Any]:
        """The event's columns, to insert it as part of a larger statement."""
        return {
            "aggregate_id": event.subject,
            "version": event.version,
            "type": event.type,
            "subject": event.nats_subject,
            "body": event.to_json().decode(),
        }


_RECORD = query(
    """
    INSERT INTO events (aggregate_id, version, type, subject, body)
    VALUES (%(aggregate_id)s, %(version)s, %(type)s, %(subject)s, %(body)s)
    """
)
_RECORD_MANY = query(
    """
    INSERT INTO events (aggregate_id, version, type, subject, body)
    SELECT aggregate_id, version, type, subject, body
    FROM unnest(%(aggregate_id)s::text[], %(version)s::bigint[], %(type)s::text[], %(subject)s::text[],
                %(body)s::text[]) WITH ORDINALITY AS said (aggregate_id, version, type, subject, body, place)
    ORDER BY place
    """
)
_FORGET = query("DELETE FROM events WHERE aggregate_id = %(aggregate_id)s AND version < %(version)s")
