"""What auth has written to its outbox, and anything it should not have written anywhere."""

from typing import Any

import orjson

from common.database import Database, query

_OF_AGGREGATE = query("SELECT body FROM events WHERE aggregate_id = %(aggregate_id)s ORDER BY id")
_EVERYTHING = query(
    """
    SELECT string_agg(row, chr(10)) FROM (
      SELECT users::text FROM users UNION ALL SELECT events::text FROM events
      UNION ALL SELECT idempotency_keys::text FROM idempotency_keys
    ) AS rows (row)
    """
)


async def said(database: Database, aggregate_id: str) -> list[dict[str, Any]]:
    """The events of one user, key or token, oldest first."""
    async with database.read() as reader:
        return [orjson.loads(row.body) for row in await reader.all(_OF_AGGREGATE, aggregate_id=aggregate_id)]


async def everything(database: Database) -> str:
    """All that auth keeps, as text, to look for what must not be in it."""
    async with database.read() as reader:
        return str(await reader.scalar(_EVERYTHING))
