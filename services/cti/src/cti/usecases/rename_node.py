"""Give a category, type or item another name."""

from uuid import UUID

from psycopg.errors import UniqueViolation

from common.database import Row, Transaction, query
from common.event import Actor
from cti.events import node_changed
from cti.levels import Level
from cti.problems import NameTaken, NodeNotFound
from cti.tables import outbox

_LOCK = query(
    """SELECT id, level, parent_id, name, version FROM nodes
       WHERE id = %(id)s::uuid AND level = %(level)s AND deleted_at IS NULL FOR UPDATE"""
)

_RENAME = query(
    """UPDATE nodes SET name = %(name)s, version = version + 1 WHERE id = %(id)s::uuid
       RETURNING id, level, parent_id, name, version, clock_timestamp() AS at"""
)


async def rename_node(tx: Transaction, actor: Actor, *, level: Level, node_id: UUID, name: str) -> Row:
    """The node's row. A name it has already changes nothing and says nothing."""
    row = await tx.first(_LOCK, id=node_id, level=level)
    if row is None:
        raise NodeNotFound(level)
    if row.name == name:
        return row
    try:
        row = await tx.one(_RENAME, id=node_id, name=name)
    except UniqueViolation:
        raise NameTaken from None
    await outbox.record(tx, node_changed(row, actor))
    return row
