"""Which event goes to which function."""

from collections.abc import Sequence

from common.service import Listen, Runtime, identity_listen
from contracts.auth import KeyPublished, TokenRevoked, UserChanged, UserDeleted
from contracts.streams import IDENTITY, REVOKED
from cti.projections import keep_key, keep_revocation, keep_user


def listens(runtime: Runtime) -> Sequence[Listen]:
    users_and_keys = {UserChanged: keep_user, UserDeleted: keep_user, KeyPublished: keep_key}
    return [
        identity_listen(runtime, users_and_keys, IDENTITY),
        identity_listen(runtime, {TokenRevoked: keep_revocation}, REVOKED),
    ]
