"""Which event goes to which function."""

from collections.abc import Sequence

from common.known_keys import keep_key
from common.known_users import keep_revocation, keep_user
from common.repair import Snapshot, identity_snapshots
from common.service import Listen, Runtime, identity_listen
from contracts.auth import KeyPublished, TokenRevoked, UserChanged, UserDeleted
from contracts.streams import IDENTITY, REVOKED


def listens(runtime: Runtime) -> Sequence[Listen]:
    users_and_keys = {UserChanged: keep_user, UserDeleted: keep_user, KeyPublished: keep_key}
    return [
        identity_listen(runtime, users_and_keys, IDENTITY),
        identity_listen(runtime, {TokenRevoked: keep_revocation}, REVOKED),
    ]


def snapshots(runtime: Runtime) -> Sequence[Snapshot]:
    return identity_snapshots(runtime.peer("auth"))
