"""What tickets hears, and which function each event goes to."""

from collections.abc import Sequence

from common.database import Transaction
from common.identity import remember_key, remember_revoked, remember_user
from common.service import Listen, Runtime, identity_listen
from contracts.auth import KeyPublished, TokenRevoked, UserChanged, UserDeleted
from contracts.cti import NodeChanged, NodeDeleted
from contracts.streams import IDENTITY, NODES, REVOKED
from tickets.projections import remember_node
from tickets.usecases.unassign_deleted import unassign_deleted


def listens(runtime: Runtime) -> Sequence[Listen]:
    identity = {UserChanged: _user_changed, UserDeleted: _user_deleted, KeyPublished: _key_published}
    return [
        identity_listen(runtime, identity, IDENTITY),
        identity_listen(runtime, {TokenRevoked: _token_revoked}, REVOKED),
        Listen(NODES, {NodeChanged: _node, NodeDeleted: _node}),
    ]


async def _user_changed(tx: Transaction, event: UserChanged) -> None:
    await remember_user(tx, event.data, event.version)


async def _user_deleted(tx: Transaction, event: UserDeleted) -> None:
    await remember_user(tx, event.data, event.version)
    await unassign_deleted(tx, event.data.id, event.actor)


async def _key_published(tx: Transaction, event: KeyPublished) -> None:
    key = event.data
    await remember_key(tx, kid=key.kid, public_key=key.public_key, retired=key.retired, version=event.version)


async def _token_revoked(tx: Transaction, event: TokenRevoked) -> None:
    token = event.data
    await remember_revoked(tx, jti=token.jti, user_id=token.user_id, expires_at=token.expires_at)


async def _node(tx: Transaction, event: NodeChanged | NodeDeleted) -> None:
    await remember_node(tx, event.data, event.version)
