"""Record what events say, in one statement. Events may come twice, in any order, and after their ticket is gone."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from prometheus_client import Counter

from audit.entries import Recorded, actor_of, entries_of, entry_id
from audit.usecases.note_heads import MERGE_HEADS
from common.database import Transaction, query
from common.routing import dump
from contracts.tickets import TicketCreated, TicketDeleted, TicketUpdated

ENTRIES = Counter("audit_entries", "Entries added to the audit log.")

# The head is taken first, in the order of ids, so that two replicas never wait for each other. A deleted ticket's head
# is locked and left as it is, and its entries are not added: they would bring back words of it. What is recorded comes
# as JSON: one text is bound much sooner than a dozen arrays.
_RECORD = query(
    f"""
    WITH heard AS (
        SELECT ticket_id, max(display_id) AS display_id, max(version) AS version,
            '{{[1,)}}'::int8multirange - range_agg(int8range(version, version, '[]')) AS unheard
        FROM json_to_recordset(%(events)s) AS event (ticket_id uuid, display_id text, version bigint)
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
    FROM json_to_recordset(%(entries)s) AS entry (
        ticket_id uuid, version bigint, idx smallint, id uuid, action text, detail text, actor_id uuid,
        actor_username text, actor_display_name text, created_at timestamptz
    )
    JOIN heads USING (ticket_id)
    ON CONFLICT DO NOTHING
    """
)


async def record_entries(tx: Transaction, events: Sequence[Recorded | TicketDeleted]) -> None:
    """Add the events' entries and move their tickets' heads. Of a deletion only the head is taken here."""
    rows = [row for event in events if not isinstance(event, TicketDeleted) for row in _rows(event)]
    heard = [
        {"ticket_id": event.subject, "display_id": _display_id(event), "version": event.version} for event in events
    ]
    added = await tx.execute(_RECORD, events=dump(heard).decode(), entries=dump(rows).decode())
    ENTRIES.inc(added)


def _rows(event: Recorded) -> list[dict[str, Any]]:
    ticket_id, version, actor = UUID(event.subject), event.version, actor_of(event)
    return [
        {
            "ticket_id": ticket_id,
            "version": version,
            "idx": idx,
            "id": entry_id(ticket_id, version, idx),
            "action": entry.action,
            "detail": entry.detail,
            "actor_id": actor.id,
            "actor_username": actor.username,
            "actor_display_name": actor.display_name,
            "created_at": event.time,
        }
        for idx, entry in enumerate(entries_of(event))
    ]


def _display_id(event: Recorded | TicketDeleted) -> str | None:
    return event.data.display_id if isinstance(event, TicketCreated | TicketUpdated | TicketDeleted) else None
