"""A ticket's audit log: one SELECT for where the ticket stands and its entries as JSON, newest first."""

import base64
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from common.database import Database, Query, Reader, Row, query
from common.ids import parse_id
from common.problems import Invalid

AT_ONCE = 8 * 1024 * 1024
"""A log with more bytes of text than this is read in pieces."""

_DISPLAY_ID = re.compile(r"^[Vv][0-9]{9}$")


@dataclass(frozen=True)
class Cursor:
    """The last entry of a page: the next page begins behind it."""

    version: int
    idx: int

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(orjson.dumps([self.version, self.idx])).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        try:
            version, idx = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            whole = type(version) is int and type(idx) is int
            if not (whole and 0 <= version < 2**63 and 0 <= idx < 2**15):
                raise ValueError
        except (ValueError, TypeError):
            raise Invalid(("cursor", "is not one that a Link header of this list named")) from None
        return cls(version, idx)


@dataclass(frozen=True)
class Page:
    """The part of a log that is asked for: `limit` entries behind `after`, or behind the beginning."""

    limit: int
    after: Cursor | None


@dataclass(frozen=True)
class History:
    """Where a ticket stands here, and its entries as a JSON array. Everything up to version `heard` is stored.

    `body` is None where the log is too long to be held at once: `stream_entries` reads it. Of a page also: how many
    entries the whole log has, and the cursor of the next page, where there is one.
    """

    ticket_id: UUID
    heard: int
    deleted: bool
    body: bytes | None
    total: int | None = None
    next: Cursor | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is stored of a ticket that exists."""
        return not self.deleted and self.heard == 0 and self.body == b"[]"


def is_reference(reference: str) -> bool:
    """Whether a ticket could have this id or display id."""
    return parse_id(reference) is not None or _DISPLAY_ID.match(reference) is not None


async def find_history(reader: Reader, reference: str, page: Page | None = None) -> History | None:
    """The log of the ticket with this id or display id, or None where nothing was heard of it yet."""
    ticket_id = parse_id(reference)
    params: dict[str, Any] = {"reference": reference.upper() if ticket_id is None else ticket_id}
    if page is None:
        row = await reader.first(_WHOLE_BY_DISPLAY_ID if ticket_id is None else _WHOLE_BY_ID, **params)
        return None if row is None else _history(row)
    after = page.after or _BEGINNING
    params |= {"limit": page.limit, "after_version": after.version, "after_idx": after.idx}
    row = await reader.first(_PAGE_BY_DISPLAY_ID if ticket_id is None else _PAGE_BY_ID, **params)
    if row is None:
        return None
    following = None if row.last is None else Cursor(*row.last)
    return _history(row, total=row.total, next=following)


async def stream_entries(database: Database, ticket_id: UUID) -> AsyncIterator[bytes]:
    """The whole log as pieces of a JSON array, from one snapshot."""
    async with database.stream(_ONE_BY_ONE, chunk=16, ticket_id=ticket_id) as chunks:
        separator = b"["
        async for rows in chunks:
            for row in rows:
                yield separator + row.entry.encode()
                separator = b","
        yield b"[]" if separator == b"[" else b"]"


def _history(row: Row, **of_page: Any) -> History:
    body = None if row.body is None else row.body.encode()
    return History(row.ticket_id, row.heard, row.deleted, body, **of_page)


_BEGINNING = Cursor(2**63 - 1, 0)
_BY_ID = "SELECT * FROM ticket_heads WHERE ticket_id = %(reference)s"
# A display id comes again only after tickets was restored from a backup; then the later ticket has it.
_BY_DISPLAY_ID = "SELECT * FROM ticket_heads WHERE display_id = %(reference)s ORDER BY ticket_id DESC LIMIT 1"

# Newest first, and the changes of one request in their order.
_ORDER = "entry.version DESC, entry.idx"
# PostgreSQL writes instants as the rest of the API does.
_INSTANT = '\'YYYY-MM-DD"T"HH24:MI:SS.US"Z"\''
_ACTOR = "'id', entry.actor_id, 'username', entry.actor_username, 'displayName', entry.actor_display_name"
_ENTRY = f"""
    json_build_object(
        'id', entry.id, 'action', entry.action, 'detail', entry.detail,
        'createdAt', to_char(entry.created_at, {_INSTANT}),
        'user', CASE WHEN actor.deleted THEN json_build_object({_ACTOR}, 'deleted', true)
                     ELSE json_build_object({_ACTOR}) END
    )
"""
_ENTRIES = f"coalesce(json_agg({_ENTRY} ORDER BY {_ORDER})::text, '[]')"
_ACTORS = "LEFT JOIN known_users actor ON actor.id = entry.actor_id"
_HEAD = "head.ticket_id, lower(head.unheard) - 1 AS heard, head.deleted_at IS NOT NULL AS deleted"


def _whole(head: str) -> Query:
    return query(
        f"""
        SELECT {_HEAD}, (
            SELECT CASE WHEN coalesce(sum(octet_length(entry.detail)), 0) <= {AT_ONCE} THEN (
                SELECT {_ENTRIES} FROM entries entry {_ACTORS} WHERE entry.ticket_id = head.ticket_id
            ) END
            FROM entries entry WHERE entry.ticket_id = head.ticket_id
        ) AS body
        FROM ({head}) head
        """
    )


def _page(head: str) -> Query:
    """One entry more than the page holds is looked at: if it is there, the page's last entry is the next cursor."""
    return query(
        f"""
        WITH head AS ({head}), page AS (
            SELECT entry.*, row_number() OVER (ORDER BY {_ORDER}) AS place
            FROM entries entry JOIN head USING (ticket_id)
            WHERE entry.version <= %(after_version)s::bigint
                AND (entry.version < %(after_version)s::bigint OR entry.idx > %(after_idx)s::integer)
            ORDER BY {_ORDER} LIMIT %(limit)s::integer + 1
        )
        SELECT {_HEAD},
            (SELECT {_ENTRIES} FROM page entry {_ACTORS} WHERE place <= %(limit)s::integer) AS body,
            (SELECT count(*) FROM entries WHERE ticket_id = head.ticket_id) AS total,
            (SELECT ARRAY[version, idx] FROM page WHERE place = %(limit)s::integer
             AND (SELECT count(*) FROM page) > %(limit)s::integer) AS last
        FROM head
        """
    )


_WHOLE_BY_ID, _WHOLE_BY_DISPLAY_ID = _whole(_BY_ID), _whole(_BY_DISPLAY_ID)
_PAGE_BY_ID, _PAGE_BY_DISPLAY_ID = _page(_BY_ID), _page(_BY_DISPLAY_ID)
_ONE_BY_ONE = query(
    f"""
    SELECT {_ENTRY}::text AS entry FROM entries entry {_ACTORS}
    WHERE entry.ticket_id = %(ticket_id)s ORDER BY {_ORDER}
    """
)
