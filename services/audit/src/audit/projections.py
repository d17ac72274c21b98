"""What audit has heard of users: who may ask, and who was deleted since."""

from common.database import Transaction
from common.identity import remember_key, remember_revoked, remember_user
from contracts.auth import KeyPublished, TokenRevoked, UserChanged, UserDeleted


async def keep_user(tx: Transaction, event: UserChanged | UserDeleted) -> None:
    await remember_user(tx, event.data, event.version)


async def keep_key(tx: Transaction, event: KeyPublished) -> None:
    key = event.data
    await remember_key(tx, kid=key.kid, public_key=key.public_key, retired=key.retired, version=event.version)


async def keep_revocation(tx: Transaction, event: TokenRevoked) -> None:
    token = event.data
    await remember_revoked(tx, jti=token.jti, user_id=token.user_id, expires_at=token.expires_at)
