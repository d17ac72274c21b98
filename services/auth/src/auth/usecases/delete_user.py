"""Delete a user: a tombstone stays, so that old tickets go on showing the name; every credential dies."""

from auth.problems import YourOwnAccount
from auth.queries.users import lock_user
from auth.usecases.last_admin import require_one_left, take_turns
from auth.usecases.write_user import save_user
from common.database import Row, Transaction
from common.idempotency import forget_about
from common.identity import Identity, Role


async def delete_user(tx: Transaction, caller: Identity, reference: str) -> Row:
    await take_turns(tx)
    user = await lock_user(tx, reference)
    if user.id == caller.id:
        raise YourOwnAccount
    dead = {
        "deleted": True,
        "password_hash": None,
        "api_key_hash": None,
        "must_change_password": False,
        "token_epoch": user.token_epoch + 1,
    }
    row = await save_user(tx, user, dead, caller.actor)
    if user.role == Role.ADMIN:
        await require_one_left(tx)
    await forget_about(tx, user.id)
    return row
