"""One ticket with its comments, by its id or its display id."""

from common.database import Query, Reader, Row, query
from common.routing import dump
from tickets.queries.find_head import find_by, lock_head
from tickets.queries.ticket_row import COLUMNS, NAMES, ticket_json

# PostgreSQL writes instants as the rest of the API does.
INSTANT = '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\''


def _detail(where: str) -> Query:
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
          )::text, '[]') AS comments
        FROM tickets t {NAMES}
        WHERE {where}
        """
    )


_BY_ID = _detail("t.id = %(id)s")
_BY_DISPLAY_ID = _detail("t.display_id = %(id)s")


async def find_ticket(reader: Reader, reference: str) -> Row:
    """The row of the ticket that `reference` names, with the database's time as `now`. `TicketNotFound`."""
    return await find_by(reader, reference, by_id=_BY_ID, by_display_id=_BY_DISPLAY_ID)


async def lock_ticket(reader: Reader, reference: str) -> Row:
    """The same, locked until the transaction ends: nobody else changes the ticket in the meantime."""
    head = await lock_head(reader, reference)
    return await find_ticket(reader, str(head.id))


def detail_body(row: Row) -> bytes:
    """The ticket as GET, POST and PATCH answer it."""
    return dump(ticket_json(row, comments=row.comments))
