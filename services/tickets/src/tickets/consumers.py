"""What tickets hears, and which function each event goes to."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from common.database import Transaction
from common.known_keys import keep_key
from common.known_users import keep_revocation, keep_user, keep_user_state
from common.repair import Snapshot, identity_snapshots
from common.service import Listen, Runtime, identity_listen
from contracts.auth import KeyPublished, TokenRevoked, UserChanged, UserDeleted
from contracts.cti import NodeChanged, NodeDeleted
from contracts.streams import IDENTITY, NODES, REVOKED
from tickets.projections import NODE_VERSIONS, keep_node_state, remember_node
from tickets.usecases.unassign_deleted import note_departure


def listens(runtime: Runtime) -> Sequence[Listen]:
    identity = {UserChanged: keep_user, UserDeleted: _user_deleted, KeyPublished: keep_key}
    return [
        identity_listen(runtime, identity, IDENTITY),
        identity_listen(runtime, {TokenRevoked: keep_revocation}, REVOKED),
        Listen(NODES, {NodeChanged: _node, NodeDeleted: _node}),
    ]


def snapshots(runtime: Runtime) -> Sequence[Snapshot]:
    return [
        *identity_snapshots(runtime.peer("auth"), _user_state),
        Snapshot(runtime.peer("cti"), "/internal/nodes", NODE_VERSIONS, keep_node_state),
    ]


async def _user_state(tx: Transaction, answer: dict[str, Any]) -> None:
    await keep_user_state(tx, answer)
    if answer["deleted"]:
        await note_departure(tx, UUID(answer["id"]), None)


async def _user_deleted(tx: Transaction, event: UserDeleted) -> None:
    await keep_user(tx, event)
    await note_departure(tx, event.data.id, event.actor)


async def _node(tx: Transaction, event: NodeChanged | NodeDeleted) -> None:
    await remember_node(tx, event.data, event.version)
