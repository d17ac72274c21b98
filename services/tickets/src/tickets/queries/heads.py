"""Where each ticket stands: the version of its last event. The event log knows deleted tickets too."""

from datetime import datetime
from typing import Any, NamedTuple

from common.database import Query, Reader, query
from tickets.display_id import parse_display_id


class Head(NamedTuple):
    ticket_id: str
    display_id: str
    version: int
    deleted: bool


# The display id stands in every event but a comment's: the ticket has it, or the event that deleted it.
_COLUMNS = """
    e.aggregate_id AS ticket_id, e.version, e.type = 'ticket.deleted.v1' AS deleted,
    coalesce(t.display_id, e.body::jsonb #>> '{data,displayId}', '') AS display_id
"""


def _heads(narrowed: str) -> Query:
    return query(
        f"""
        WITH last AS (
            SELECT DISTINCT ON (aggregate_id) aggregate_id, version, type, body FROM events
            WHERE aggregate_id > %(after)s {narrowed}
            ORDER BY aggregate_id, version DESC LIMIT %(limit)s
        )
        SELECT {_COLUMNS} FROM last e LEFT JOIN tickets t ON t.id = e.aggregate_id::uuid ORDER BY e.aggregate_id
        """
    )


_ALL = _heads("")
_SINCE = _heads("AND created_at >= %(since)s")
_ONE = query(
    f"""
    SELECT {_COLUMNS} FROM (
        SELECT * FROM events WHERE aggregate_id = %(id)s ORDER BY version DESC LIMIT 1
    ) e LEFT JOIN tickets t ON t.id = e.aggregate_id::uuid
    """
)
_ID_OF = query("SELECT id::text FROM tickets WHERE display_id = %(display_id)s")
_EVENTS = query(
    """
    SELECT body, version, bytes FROM (
        SELECT body, version, sum(octet_length(body)) OVER (ORDER BY version) AS bytes
        FROM events WHERE aggregate_id = %(id)s AND version > %(after)s ORDER BY version LIMIT %(limit)s
    ) AS event WHERE bytes - octet_length(body) < %(most)s ORDER BY version
    """
)
EVENTS_LIMIT = 500
EVENTS_BYTES = 4 * 1024 * 1024
"""What one answer holds, and one event more: a ticket may have any number of them, each as long as a text may be."""


async def heads(reader: Reader, *, after: str, since: datetime | None, limit: int) -> list[Head]:
    """At most `limit` heads of the tickets whose id is greater than `after`."""
    params: dict[str, Any] = {"after": after, "limit": limit}
    rows = await (reader.all(_ALL, **params) if since is None else reader.all(_SINCE, since=since, **params))
    return [Head(row.ticket_id, row.display_id, row.version, row.deleted) for row in rows]


async def head_of(reader: Reader, reference: str) -> Head | None:
    """The head of one ticket. A deleted one is known by its id only."""
    display_id = parse_display_id(reference)
    ticket_id = reference if display_id is None else await reader.scalar(_ID_OF, display_id=display_id)
    row = None if ticket_id is None else await reader.first(_ONE, id=ticket_id)
    return None if row is None else Head(row.ticket_id, row.display_id, row.version, row.deleted)


async def events_after(reader: Reader, ticket_id: str, version: int) -> tuple[list[str], int | None]:
    """The bodies of the ticket's first events behind a version, and behind which version there may be more."""
    rows = await reader.all(_EVENTS, id=ticket_id, after=version, limit=EVENTS_LIMIT, most=EVENTS_BYTES)
    full = len(rows) == EVENTS_LIMIT or (rows and rows[-1].bytes >= EVENTS_BYTES)
    return [row.body for row in rows], rows[-1].version if full else None
