"""Keep where tickets stand, so that what has not come is known to be missing."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Self
from uuid import UUID

from common.database import Transaction, query


class Head(NamedTuple):
    """A ticket and the version of its last event, as tickets tells it."""

    ticket_id: UUID
    display_id: str
    version: int
    deleted: bool

    @classmethod
    def from_wire(cls, answer: dict[str, object]) -> Self:
        return cls(
            ticket_id=UUID(str(answer["ticketId"])),
            display_id=str(answer["displayId"]),
            version=int(str(answer["version"])),
            deleted=bool(answer["deleted"]),
        )


MERGE_HEADS = """
    ON CONFLICT (ticket_id) DO UPDATE
    SET display_id = coalesce(head.display_id, excluded.display_id),
        version = greatest(head.version, excluded.version),
        unheard = head.unheard * excluded.unheard,
        gap_since = CASE
            WHEN lower(head.unheard * excluded.unheard) <= greatest(head.version, excluded.version)
            THEN coalesce(head.gap_since, clock_timestamp())
        END
    WHERE head.deleted_at IS NULL
"""
"""What is known and what is said become one: a version is missing where neither has heard it."""

_NOTE = query(
    f"""
    INSERT INTO ticket_heads AS head (ticket_id, display_id, version, unheard, gap_since)
    SELECT said.ticket_id, nullif(said.display_id, ''), said.version, '{{[1,)}}', clock_timestamp()
    FROM unnest(%(ticket_ids)s::uuid[], %(display_ids)s::text[], %(versions)s::bigint[])
        AS said (ticket_id, display_id, version)
    LEFT JOIN ticket_heads known ON known.ticket_id = said.ticket_id
    WHERE known.ticket_id IS NULL OR (known.version < said.version AND known.deleted_at IS NULL)
    ORDER BY said.ticket_id
    {MERGE_HEADS}
    """
)
_COMPARED = query("SELECT until FROM comparisons WHERE owner = 'tickets'")
_KEEP_COMPARED = query(
    """
    INSERT INTO comparisons (owner, until) VALUES ('tickets', %(until)s)
    ON CONFLICT (owner) DO UPDATE SET until = greatest(comparisons.until, excluded.until)
    """
)


async def note_heads(tx: Transaction, heads: Sequence[Head]) -> int:
    """Keep the heads that are ahead of what is stored. Returns how many were."""
    return await tx.execute(
        _NOTE,
        ticket_ids=[head.ticket_id for head in heads],
        display_ids=[head.display_id for head in heads],
        versions=[head.version for head in heads],
    )


async def compared_until(tx: Transaction) -> datetime | None:
    """Every ticket that changed before this moment has been compared; None where none ever was."""
    until: datetime | None = await tx.scalar(_COMPARED)
    return until


async def keep_compared(tx: Transaction, until: datetime) -> None:
    await tx.execute(_KEEP_COMPARED, until=until)
