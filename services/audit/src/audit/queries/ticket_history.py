"""A ticket's audit log: one SELECT for where the ticket stands and its entries, newest first."""

import base64
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson

from common.database import Query, Reader, Row, query
from common.ids import parse_id
from common.problems import Invalid

DISPLAY_ID = re.compile(r"^[Vv][0-9]{9}$")

# Newest first, and the changes of one request in their order. Behind a cursor the same order goes on.
_ORDER = "entry.version DESC, entry.idx"
_AFTER = """(entry.version < %(after_version)s::bigint
    OR (entry.version = %(after_version)s::bigint AND entry.idx > %(after_idx)s::smallint))"""
_BY_ID = "SELECT * FROM ticket_heads WHERE ticket_id = %(reference)s"
# A display id comes again only after tickets was restored from a backup; then the later ticket has it.
_BY_DISPLAY_ID = "SELECT * FROM ticket_heads WHERE display_id = %(reference)s ORDER BY ticket_id DESC LIMIT 1"
_COUNT = query("SELECT count(*) FROM entries WHERE ticket_id = %(ticket_id)s")


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
            if not (isinstance(version, int) and isinstance(idx, int) and 0 <= version < 2**63 and 0 <= idx < 2**15):
                raise ValueError
        except (ValueError, TypeError):
            raise Invalid(("cursor", "is not one that a Link header of this list named")) from None
        return cls(version, idx)


@dataclass(frozen=True)
class History:
    """Where a ticket stands here, and entries of it. Everything up to version `heard` is stored."""

    ticket_id: UUID
    heard: int
    deleted: bool
    entries: list[Row]


def is_reference(reference: str) -> bool:
    """Whether a ticket could have this id or display id."""
    return parse_id(reference) is not None or DISPLAY_ID.match(reference) is not None


async def find_history(
    reader: Reader, reference: str, *, limit: int | None = None, after: Cursor | None = None
) -> History | None:
    """The log of the ticket with this id or display id, or None where nothing was heard of it yet."""
    ticket_id = parse_id(reference)
    params: dict[str, Any] = {"reference": reference.upper() if ticket_id is None else ticket_id}
    if after is not None:
        params |= {"after_version": after.version, "after_idx": after.idx}
    if limit is not None:
        params["limit"] = limit
    statement = _history(ticket_id is not None, after is not None, limit is not None)
    rows = await reader.all(statement, **params)
    if not rows:
        return None
    head = rows[0]
    return History(head.ticket_id, head.heard, head.deleted, [row for row in rows if row.id is not None])


@lru_cache
def _history(by_id: bool, after: bool, limited: bool) -> Query:
    return query(
        f"""
        SELECT head.ticket_id, lower(head.unheard) - 1 AS heard, head.deleted_at IS NOT NULL AS deleted,
            entry.id, entry.version, entry.idx, entry.action, entry.detail, entry.created_at,
            entry.actor_id, entry.actor_username, entry.actor_display_name,
            coalesce(actor.deleted, false) AS actor_deleted
        FROM ({_BY_ID if by_id else _BY_DISPLAY_ID}) head
        LEFT JOIN entries entry ON entry.ticket_id = head.ticket_id {f"AND {_AFTER}" if after else ""}
        LEFT JOIN known_users actor ON actor.id = entry.actor_id
        ORDER BY {_ORDER} {"LIMIT %(limit)s" if limited else ""}
        """
    )


async def count_entries(reader: Reader, ticket_id: UUID) -> int:
    return int(await reader.scalar(_COUNT, ticket_id=ticket_id))


def entry_json(row: Row) -> dict[str, Any]:
    """A row of a history as it goes out."""
    user = {"id": row.actor_id, "username": row.actor_username, "displayName": row.actor_display_name}
    if row.actor_deleted:
        user["deleted"] = True
    return {
        "id": row.id,
        "action": row.action,
        "detail": row.detail,
        "createdAt": row.created_at,
        "user": user,
    }
