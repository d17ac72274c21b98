"""Which ticket a reference names and where it stands, without its texts."""

from collections.abc import Sequence
from typing import Any

from common.database import Query, Reader, Row, query
from common.ids import parse_id
from tickets.display_id import parse_display_id
from tickets.problems import TicketNotFound


def _head(where: str) -> Query:
    return query(f"SELECT id, display_id, version, clock_timestamp() AS now FROM tickets WHERE {where}")


_BY_ID = _head("id = %(id)s")
_BY_DISPLAY_ID = _head("display_id = %(id)s")
_SEVERAL = _head("id = ANY(%(ids)s::uuid[]) OR display_id = ANY(%(display_ids)s::text[])")
_LOCK_BY_ID = query("SELECT 1 FROM tickets WHERE id = %(id)s FOR UPDATE")


async def find_by(reader: Reader, reference: str, *, by_id: Query, by_display_id: Query, **params: Any) -> Row:
    """The row that `reference`, an id or a display id, names. `TicketNotFound`."""
    display_id = parse_display_id(reference)
    if display_id is not None:
        row = await reader.first(by_display_id, id=display_id, **params)
    else:
        ticket_id = parse_id(reference)
        row = None if ticket_id is None else await reader.first(by_id, id=ticket_id, **params)
    if row is None:
        raise TicketNotFound
    return row


async def find_heads(reader: Reader, references: Sequence[str]) -> list[Row | None]:
    """The heads that the references name, None for each that names none."""
    if len(references) == 1:
        try:
            return [await find_head(reader, references[0])]
        except TicketNotFound:
            return [None]
    display_ids = [parse_display_id(reference) for reference in references]
    ids = [parse_id(reference) for reference in references]
    rows = await reader.all(
        _SEVERAL,
        ids=[each for each in ids if each is not None],
        display_ids=[each for each in display_ids if each is not None],
    )
    found = {row.id: row for row in rows} | {row.display_id: row for row in rows}
    return [found.get(display_id or id_) for display_id, id_ in zip(display_ids, ids, strict=True)]


async def find_head(reader: Reader, reference: str) -> Row:
    """id, display_id, version and the database's time as `now`. `TicketNotFound`."""
    return await find_by(reader, reference, by_id=_BY_ID, by_display_id=_BY_DISPLAY_ID)


async def lock_head(reader: Reader, reference: str) -> Row:
    """The same, locked until the transaction ends: nobody else changes the ticket in the meantime."""
    head = await find_head(reader, reference)
    # The lock is a statement of its own: what is read after it sees what those who held it before us have written.
    await reader.first(_LOCK_BY_ID, id=head.id)
    return await find_head(reader, str(head.id))
