"""Close what has been resolved for long enough. Time is the database's; two at once close nothing twice."""

from datetime import datetime, timedelta

from common.database import Database, Row, query
from contracts.auth import SYSTEM
from contracts.tickets import StatusChanged
from tickets.usecases.parts import Parts
from tickets.usecases.update_ticket import change_unasked

# A row that somebody else holds is left to them: they close it, or re-open it and stop its clock.
_DUE = query(
    """
    SELECT id FROM tickets
    WHERE auto_close_at <= coalesce(%(now)s::timestamptz, clock_timestamp()) AND status = 'RESOLVED'
    ORDER BY auto_close_at LIMIT 200 FOR UPDATE SKIP LOCKED
    """
)


async def close_resolved(
    database: Database, parts: Parts, *, auto_close: timedelta, now: datetime | None = None
) -> int:
    """Close all that are due at `now` (the database's time if None), 200 in a transaction."""
    closed = 0
    while batch := await _close_batch(database, parts, auto_close, now):
        closed += batch
    return closed


async def _close_batch(database: Database, parts: Parts, auto_close: timedelta, now: datetime | None) -> int:
    closed = 0
    async with database.transaction() as tx:
        for due in await tx.all(_DUE, now=now):
            closed += await change_unasked(tx, parts.announce, due.id, _closed, actor=SYSTEM, auto_close=auto_close)
    return closed


def _closed(_ticket: Row) -> StatusChanged:
    return StatusChanged(before="RESOLVED", after="CLOSED")
