"""One ticket with its comments, by its id or its display id."""

from uuid import UUID

from common.database import Query, Reader, Row, query
from common.routing import dump
from tickets.queries.find_head import find_by, lock_head
from tickets.queries.ticket_row import COLUMNS, NAMES, ticket_json

# PostgreSQL writes instants as the rest of the API does.
INSTANT = '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\''


def _detail(where: str, columns: str = "", joins: str = "") -> Query:
    return query(
        f"""
        SELECT {COLUMNS}, clock_timestamp() AS now, coalesce((
            SELECT json_agg(json_build_object(
                'id', c.id, 'body', c.body, 'createdAt', to_char(c.created_at, {INSTANT}), 'author',
                jsonb_build_object('id', c.author_id, 'username', u.username, 'displayName', u.display_name,
                                   'role', u.role)
                || CASE WHEN u.deleted THEN '{{"deleted": true}}'::jsonb ELSE '{{}}'::jsonb END
              ) ORDER BY c.created_at, c.id)
            FROM comments c LEFT JOIN known_users u ON u.id = c.author_id
            WHERE c.ticket_id = t.id
          )::text, '[]') AS comments {columns}
        FROM tickets t {NAMES} {joins}
        WHERE {where}
        """
    )


_BY_ID = _detail("t.id = %(id)s")
_BY_DISPLAY_ID = _detail("t.display_id = %(id)s")

_PERSON = (
    ", person.id AS person_id, person.username AS person_username, person.display_name AS person_display_name,"
    " person.deleted AS person_deleted"
)
_KNOWN_PERSON = "LEFT JOIN known_users person ON person.id = %(person_id)s"
_BY_ID_WITH = _detail("t.id = %(id)s", _PERSON, _KNOWN_PERSON)
_BY_DISPLAY_ID_WITH = _detail("t.display_id = %(id)s", _PERSON, _KNOWN_PERSON)


async def find_ticket(reader: Reader, reference: str) -> Row:
    """The row of the ticket that `reference` names, with the database's time as `now`. `TicketNotFound`."""
    return await find_by(reader, reference, by_id=_BY_ID, by_display_id=_BY_DISPLAY_ID)


async def find_ticket_and_person(reader: Reader, reference: str, person_id: UUID | None, *, lock: bool) -> Row:
    """The same with what is known of a person, as `person_...`: NULL where nothing is.

    With `lock` nobody else changes the ticket until the transaction ends.
    """
    if lock:
        reference = str((await lock_head(reader, reference)).id)
    return await find_by(reader, reference, by_id=_BY_ID_WITH, by_display_id=_BY_DISPLAY_ID_WITH, person_id=person_id)


def detail_body(row: Row) -> bytes:
    """The ticket as GET, POST and PATCH answer it."""
    return dump(ticket_json(row, comments=row.comments))
