"""Create a user, with a password, or with a key for automation."""

from auth import api_keys
from auth.passwords import Passwords
from auth.problems import WeakPassword
from auth.rules import weakness
from auth.schemas import NewUser
from auth.usecases.write_user import insert_user
from common.database import Row, Transaction
from common.identity import Identity, Role
from common.ids import new_id
from common.problems import Invalid


async def checked_hash(new: NewUser, passwords: Passwords) -> str | None:
    """The hash of the new user's password; None for a SERVICE account. Before the transaction: it takes its time."""
    if new.role == Role.SERVICE:
        return None
    if "password" not in new.model_fields_set:
        raise Invalid(("password", "is required unless the role is SERVICE"))
    weak = weakness(new.password, username=new.username, email=new.email)
    if weak is not None:
        raise WeakPassword(("password", weak))
    return await passwords.hash(new.password)


async def create_user(
    tx: Transaction, caller: Identity, new: NewUser, password_hash: str | None
) -> tuple[Row, str | None]:
    """The user, and the API key to show once."""
    key, key_hash = api_keys.mint() if new.role == Role.SERVICE else (None, None)
    values = {
        "username": new.username,
        "email": new.email,
        "display_name": new.display_name,
        "role": new.role.value,
        "password_hash": password_hash,
        "api_key_hash": key_hash,
    }
    return await insert_user(tx, new_id(), values, caller.actor), key
