"""Create a category, type or item."""

from uuid import UUID

from psycopg.errors import UniqueViolation

from common.database import Row, Transaction, query
from common.event import Actor
from common.ids import new_id, parse_id
from cti.events import node_changed
from cti.levels import Level
from cti.problems import NameTaken, UnknownParent
from cti.tables import outbox

# FOR SHARE makes a deletion of the parent wait, and makes us wait for one and see its outcome: no orphan either way.
_HOLD_PARENT = query(
    "SELECT id FROM nodes WHERE id = %(id)s::uuid AND level = %(level)s AND deleted_at IS NULL FOR SHARE"
)

_INSERT = query(
    """INSERT INTO nodes (id, level, parent_id, name, version)
       VALUES (%(id)s::uuid, %(level)s, %(parent_id)s::uuid, %(name)s, 1)
       RETURNING id, level, parent_id, name, version, created_at AS at"""
)


async def create_node(tx: Transaction, actor: Actor, *, level: Level, parent_id: str | None, name: str) -> Row:
    """The new node's row. Raises `UnknownParent` and `NameTaken`."""
    parent = await _held_parent(tx, level, parent_id)
    try:
        row = await tx.one(_INSERT, id=new_id(), level=level, parent_id=parent, name=name)
    except UniqueViolation:
        raise NameTaken from None
    await outbox.record(tx, node_changed(row, actor))
    return row


async def _held_parent(tx: Transaction, level: Level, parent_id: str | None) -> UUID | None:
    if level.parent is None:
        return None
    parent = parse_id(parent_id or "")
    if parent is None or await tx.first(_HOLD_PARENT, id=parent, level=level.parent) is None:
        raise UnknownParent(level)
    return parent
