"""Delete a category, type or item, and all that lies in it.

Rows and names stay, so that tickets which refer to them go on showing them.
"""

from uuid import UUID

from common.database import Transaction, query
from common.event import Actor
from cti.events import node_deleted
from cti.levels import Level
from cti.problems import NodeNotFound
from cti.tables import outbox

_LOCK = query(
    """SELECT id FROM nodes WHERE id = %(id)s::uuid AND level = %(level)s AND deleted_at IS NULL FOR UPDATE"""
)

_LOCK_CHILDREN = query(
    """SELECT id FROM nodes WHERE parent_id = ANY(%(parents)s::uuid[]) AND deleted_at IS NULL
       ORDER BY id FOR UPDATE"""
)

_DELETE = query(
    """UPDATE nodes SET deleted_at = clock_timestamp(), version = version + 1 WHERE id = ANY(%(ids)s::uuid[])
       RETURNING id, level, parent_id, name, version, deleted_at AS at"""
)


async def delete_node(tx: Transaction, actor: Actor, *, level: Level, node_id: UUID) -> None:
    """Raises `NodeNotFound`."""
    if await tx.first(_LOCK, id=node_id, level=level) is None:
        raise NodeNotFound(level)
    doomed = generation = [node_id]
    # A statement a generation: each sees the children that were being created until their parent was locked.
    while generation:
        generation = [row.id for row in await tx.all(_LOCK_CHILDREN, parents=generation)]
        doomed = doomed + generation
    rows = await tx.all(_DELETE, ids=doomed)
    await outbox.record(tx, *(node_deleted(row, actor) for row in rows))
