"""What tickets has heard of the tree, and whom it asks about a node it has not heard of yet."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from common.database import Database, Transaction, query
from common.peers import Peer
from contracts.cti import NodeState

_REMEMBER = query(
    """
    INSERT INTO known_nodes (id, level, parent_id, name, deleted, version)
    VALUES (%(id)s, %(level)s, %(parent_id)s, %(name)s, %(deleted)s, %(version)s)
    ON CONFLICT (id) DO UPDATE
    SET level = excluded.level, parent_id = excluded.parent_id, name = excluded.name, deleted = excluded.deleted,
        version = excluded.version
    WHERE known_nodes.version < excluded.version
    """
)
NODE_VERSIONS = query("SELECT id::text AS key, version FROM known_nodes WHERE id = ANY(%(keys)s::uuid[])")


async def remember_node(tx: Transaction, node: NodeState, version: int) -> None:
    """Keep a node's state, unless a newer one is kept already."""
    await tx.execute(
        _REMEMBER,
        id=node.id,
        level=node.level,
        parent_id=node.parent_id,
        name=node.name,
        deleted=node.deleted,
        version=version,
    )


async def keep_node_state(tx: Transaction, answer: dict[str, Any]) -> None:
    """The same, as cti answers it under /internal/nodes."""
    await remember_node(tx, NodeState.model_validate(answer), answer["version"])


async def ask_for_nodes(database: Database, cti: Peer, ids: Iterable[UUID]) -> None:
    """Ask cti once about nodes this service has not heard of: who creates an item may use it at once."""
    for node_id in ids:
        answer: dict[str, Any] | None = await cti.get(f"/internal/nodes/{node_id}")
        if answer is not None:
            async with database.transaction() as tx:
                await keep_node_state(tx, answer)
