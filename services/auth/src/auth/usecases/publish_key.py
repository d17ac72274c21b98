"""Tell everybody the public half of the key that this JWT_SECRET makes, and retire those of earlier secrets."""

from typing import Any

from auth.tables import outbox
from auth.tokens import SigningKey
from common.database import Database, Transaction, query
from contracts.auth import KeyPublished, KeyState

_TAKE_TURNS = query("SELECT pg_advisory_xact_lock(hashtext('auth: signing keys'))")
_KEYS = query("SELECT kid, public_key, retired, version, clock_timestamp() AS now FROM known_keys")
_NOW = query("SELECT clock_timestamp()")
_WRITE = query(
    """
    INSERT INTO known_keys (kid, public_key, retired, version)
    VALUES (%(kid)s, %(public_key)s, %(retired)s, %(version)s)
    ON CONFLICT (kid) DO UPDATE SET retired = excluded.retired, version = excluded.version
    """
)


async def publish_key(database: Database, key: SigningKey) -> bool:
    """Whether anything changed."""
    async with database.transaction() as tx:
        await tx.one(_TAKE_TURNS)
        known = {row.kid: row for row in await tx.all(_KEYS)}
        mine = known.get(key.kid)
        if mine is None or mine.retired:
            await _write(tx, key.kid, key.public, retired=False, version=mine.version + 1 if mine else 1)
        others = [row for row in known.values() if row.kid != key.kid and not row.retired]
        for other in others:
            await _write(tx, other.kid, other.public_key, retired=True, version=other.version + 1)
        return bool(others) or mine is None or bool(mine.retired)


async def _write(tx: Transaction, kid: str, public_key: str, **state: Any) -> None:
    await tx.execute(_WRITE, kid=kid, public_key=public_key, **state)
    event = KeyPublished(
        source="auth",
        subject=kid,
        time=await tx.scalar(_NOW),
        version=state["version"],
        data=KeyState(kid=kid, public_key=public_key, retired=state["retired"]),
    )
    await outbox.record(tx, event)
