"""What cti has written to its outbox."""

from typing import Any

import orjson

from common.database import Database, query

_BODIES = query("SELECT body FROM events ORDER BY id")


async def said(database: Database) -> list[dict[str, Any]]:
    """The events, oldest first."""
    async with database.read() as reader:
        return [orjson.loads(row.body) for row in await reader.all(_BODIES)]
