"""What cti says: the state of every category, type and item."""

from typing import ClassVar, Literal
from uuid import UUID

from common.event import Event, Fact


class NodeState(Fact):
    """A category, type or item. A deleted one keeps its name: old tickets go on showing it."""

    id: UUID
    level: Literal["category", "type", "item"]
    parent_id: UUID | None = None
    name: str
    deleted: bool = False


class NodeChanged(Event):
    """A node was created or renamed; `data` is its whole state."""

    SUBJECT: ClassVar = "state.node.{id}"
    type: Literal["node.changed.v1"] = "node.changed.v1"
    data: NodeState


class NodeDeleted(Event):
    """A node was deleted, by itself or with its parent."""

    SUBJECT: ClassVar = "state.node.{id}"
    type: Literal["node.deleted.v1"] = "node.deleted.v1"
    data: NodeState
