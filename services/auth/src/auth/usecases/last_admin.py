"""There is always an ADMIN: two who demote each other at the same moment take turns."""

from auth.problems import LastAdmin
from common.database import Transaction, query

_TAKE_TURNS = query("SELECT pg_advisory_xact_lock(hashtext('auth: who is admin'))")
_LEFT = query("SELECT EXISTS (SELECT FROM users WHERE role = 'ADMIN' AND NOT deleted)")


async def take_turns(tx: Transaction) -> None:
    """Call before an ADMIN may be lost."""
    await tx.one(_TAKE_TURNS)


async def require_one_left(tx: Transaction) -> None:
    """`LastAdmin` where the transaction has lost the last one."""
    if not await tx.scalar(_LEFT):
        raise LastAdmin
