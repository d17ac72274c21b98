"""What cti says of a node, from the node's row as it is after the change."""

from typing import Any

from common.database import Row
from common.event import Actor
from common.logs import traceparent
from contracts.cti import NodeChanged, NodeDeleted, NodeState


def node_changed(row: Row, actor: Actor | None) -> NodeChanged:
    """`row` was created or renamed. Its `at` is the moment, taken under the lock. No actor: the seed did it."""
    return NodeChanged(**_envelope(row, actor), data=_state(row, deleted=False))


def node_deleted(row: Row, actor: Actor) -> NodeDeleted:
    return NodeDeleted(**_envelope(row, actor), data=_state(row, deleted=True))


def _envelope(row: Row, actor: Actor | None) -> dict[str, Any]:
    return {
        "source": "cti",
        "subject": str(row.id),
        "time": row.at,
        "version": row.version,
        "traceparent": traceparent.get(),
        "actor": actor,
    }


def _state(row: Row, *, deleted: bool) -> NodeState:
    return NodeState(id=row.id, level=row.level, parent_id=row.parent_id, name=row.name, deleted=deleted)
