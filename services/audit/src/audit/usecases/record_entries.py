"""Record what events say, in one statement. Events may come twice, in any order, and after their ticket is gone."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from prometheus_client import Counter

from audit.entries import Recorded, actor_of, entries_of, entry_id
from audit.usecases.note_heads import MERGE_HEADS
from common.database import Transaction, query
from contracts.tickets import TicketCreated, TicketDeleted, TicketUpdated

ENTRIES = Counter("audit_entries", "Entries added to the audit log.")

# The head is taken first, in the order of ids, so that two replicas never wait for each other. A deleted ticket's head
# is locked and left as it is, and its entries are not added: they would bring back words of it.
_RECORD = query(
    f"""
    WITH heard AS (
        SELECT ticket_id, max(display_id) AS display_id, max(version) AS version,
            '{{[1,)}}'::int8multirange - range_agg(int8range(version, version, '[]')) AS unheard
        FROM unnest(%(ticket_ids)s::uuid[], %(display_ids)s::text[], %(versions)s::bigint[])
            AS event (ticket_id, display_id, version)
        GROUP BY ticket_id
    ), heads AS (
        INSERT INTO ticket_heads AS head (ticket_id, display_id, version, unheard, gap_since)
        SELECT ticket_id, display_id, version, unheard,
            CASE WHEN lower(unheard) <= version THEN clock_timestamp() END
        FROM heard ORDER BY ticket_id
        {MERGE_HEADS}
        RETURNING ticket_id
    )
    INSERT INTO entries (
        ticket_id, version, idx, id, action, detail, actor_id, actor_username, actor_display_name, created_at
    )
    SELECT entry.*
    FROM unnest(
        %(entry_ticket_ids)s::uuid[], %(entry_versions)s::bigint[], %(idxs)s::smallint[], %(ids)s::uuid[],
        %(actions)s::text[], %(details)s::text[], %(actor_ids)s::uuid[], %(usernames)s::text[],
        %(display_names)s::text[], %(times)s::timestamptz[]
    ) AS entry (ticket_id)
    JOIN heads USING (ticket_id)
    ON CONFLICT DO NOTHING
    """
)
_ENTRY_COLUMNS = (
    "entry_ticket_ids",
    "entry_versions",
    "idxs",
    "ids",
    "actions",
    "details",
    "actor_ids",
    "usernames",
    "display_names",
    "times",
)


async def record_entries(tx: Transaction, events: Sequence[Recorded | TicketDeleted]) -> None:
    """Add the events' entries and move their tickets' heads. Of a deletion only the head is taken here."""
    rows = [row for event in events if not isinstance(event, TicketDeleted) for row in _rows(event)]
    columns = zip(*rows, strict=True) if rows else [()] * len(_ENTRY_COLUMNS)
    added = await tx.execute(
        _RECORD,
        ticket_ids=[UUID(event.subject) for event in events],
        display_ids=[_display_id(event) for event in events],
        versions=[event.version for event in events],
        **{name: list(column) for name, column in zip(_ENTRY_COLUMNS, columns, strict=True)},
    )
    ENTRIES.inc(added)


def _rows(event: Recorded) -> list[tuple[Any, ...]]:
    ticket_id, version, actor = UUID(event.subject), event.version, actor_of(event)
    who = (actor.id, actor.username, actor.display_name)
    return [
        (ticket_id, version, idx, entry_id(ticket_id, version, idx), str(entry.action), entry.detail, *who, event.time)
        for idx, entry in enumerate(entries_of(event))
    ]


def _display_id(event: Recorded | TicketDeleted) -> str | None:
    return event.data.display_id if isinstance(event, TicketCreated | TicketUpdated | TicketDeleted) else None
