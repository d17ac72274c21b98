"""Reading nodes: the lists that people pick from, and what the other services ask for."""

from typing import Any
from uuid import UUID

from common.database import Reader, Row, query
from cti.levels import Level

_LIVE = query(
    """SELECT id, parent_id, name FROM nodes WHERE level = %(level)s AND deleted_at IS NULL
       ORDER BY lower(name), id"""
)

_LIVE_CHILDREN = query(
    """SELECT id, parent_id, name FROM nodes
       WHERE level = %(level)s AND parent_id = %(parent_id)s::uuid AND deleted_at IS NULL
       ORDER BY lower(name), id"""
)

_IS_LIVE = query(
    "SELECT EXISTS (SELECT FROM nodes WHERE id = %(id)s::uuid AND level = %(level)s AND deleted_at IS NULL)"
)

_STATE = query(
    """SELECT id, level, parent_id, name, deleted_at IS NOT NULL AS deleted, version FROM nodes
       WHERE id = %(id)s::uuid"""
)

_STATES = query(
    """SELECT id, level, parent_id, name, deleted_at IS NOT NULL AS deleted, version FROM nodes
       WHERE %(after)s::uuid IS NULL OR id > %(after)s::uuid ORDER BY id LIMIT %(limit)s"""
)


async def live_nodes(reader: Reader, level: Level) -> list[Row]:
    """All nodes of a level that are not deleted, by name."""
    return await reader.all(_LIVE, level=level)


async def live_children(reader: Reader, level: Level, parent_id: UUID) -> list[Row]:
    """The nodes of a level in one parent, by name; none where there is no such parent."""
    return await reader.all(_LIVE_CHILDREN, level=level, parent_id=parent_id)


async def is_live(reader: Reader, level: Level, node_id: UUID) -> bool:
    return bool(await reader.scalar(_IS_LIVE, level=level, id=node_id))


async def node_state(reader: Reader, node_id: UUID) -> dict[str, Any] | None:
    """A node as the other services keep it, deleted or not; None where there never was one."""
    row = await reader.first(_STATE, id=node_id)
    return None if row is None else _state(row)


async def node_states(reader: Reader, *, after: UUID | None, limit: int) -> list[dict[str, Any]]:
    """All nodes, deleted ones too, by id; `after` is the last id of the page before."""
    return [_state(row) for row in await reader.all(_STATES, after=after, limit=limit)]


def _state(row: Row) -> dict[str, Any]:
    return {
        "id": row.id,
        "level": row.level,
        "parentId": row.parent_id,
        "name": row.name,
        "deleted": row.deleted,
        "version": row.version,
    }
