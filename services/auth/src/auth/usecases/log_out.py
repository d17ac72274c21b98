"""Sign out: this one token is refused from now on, until it would have expired anyway."""

from datetime import UTC, datetime

from auth.tables import outbox
from common.database import Transaction, query
from common.identity import Claims, Identity
from common.known_users import forget_expired
from common.logs import traceparent
from contracts.auth import RevokedToken, TokenRevoked

_REVOKE = query(
    """
    INSERT INTO revoked_tokens (jti, user_id, expires_at) VALUES (%(jti)s, %(user_id)s, %(expires_at)s)
    ON CONFLICT DO NOTHING RETURNING clock_timestamp() AS now
    """
)


async def log_out(tx: Transaction, caller: Identity, token: Claims) -> None:
    expires_at = datetime.fromtimestamp(token.expires_at, UTC)
    await forget_expired(tx)
    revoked = await tx.first(_REVOKE, jti=token.jti, user_id=caller.id, expires_at=expires_at)
    if revoked is None:
        return
    event = TokenRevoked(
        source="auth",
        subject=str(token.jti),
        time=revoked.now,
        version=1,
        traceparent=traceparent.get(),
        actor=caller.actor,
        data=RevokedToken(jti=token.jti, user_id=caller.id, expires_at=expires_at),
    )
    await outbox.record(tx, event)
