"""Change a user: what they are called, what they may do, and what they prove it with."""

from typing import Any

from auth import api_keys
from auth.passwords import Passwords
from auth.problems import WeakPassword
from auth.queries.users import find_user, lock_user
from auth.rules import weakness
from auth.schemas import UserPatch
from auth.usecases.last_admin import require_one_left, take_turns
from auth.usecases.write_user import new_password, save_user
from common.database import Database, Row, Transaction
from common.identity import Identity, Role
from common.problems import Invalid


async def checked_hash(database: Database, reference: str, patch: UserPatch, passwords: Passwords) -> str | None:
    """The hash of the new password, if the patch has one. Before the transaction: it takes its time."""
    if "password" not in patch.model_fields_set:
        return None
    async with database.read() as reader:
        user = await find_user(reader, reference)
    email = patch.email if "email" in patch.model_fields_set else user.email
    weak = weakness(patch.password, username=user.username, email=email)
    if weak is not None:
        raise WeakPassword(("password", weak))
    return await passwords.hash(patch.password)


async def update_user(
    tx: Transaction, caller: Identity, reference: str, patch: UserPatch, password_hash: str | None
) -> tuple[Row, str | None]:
    """The user, and the API key to show once if there is a new one."""
    await take_turns(tx)
    user = await lock_user(tx, reference)
    sent = patch.model_fields_set
    role = patch.role if "role" in sent else Role(user.role)
    changes: dict[str, Any] = {name: getattr(patch, name) for name in ("display_name", "email") if name in sent}
    changes["role"] = role.value
    key = None
    if role == Role.SERVICE:
        if password_hash is not None:
            raise Invalid(("password", "a SERVICE account has none: it has an API key"))
        if user.role != Role.SERVICE or patch.regenerate_api_key:
            key, changes["api_key_hash"] = api_keys.mint()
        if user.role != Role.SERVICE:
            changes |= new_password(user, None)
    else:
        if patch.regenerate_api_key:
            raise Invalid(("regenerateApiKey", "only a SERVICE account has an API key"))
        if user.role == Role.SERVICE:
            if password_hash is None:
                raise Invalid(("password", f"is required to make a SERVICE account {role.value}"))
            changes["api_key_hash"] = None
        if password_hash is not None:
            changes |= new_password(user, password_hash)
    if all(getattr(user, name) == value for name, value in changes.items()):
        return user, None
    row = await save_user(tx, user, changes, caller.actor)
    if user.role == Role.ADMIN and role != Role.ADMIN:
        await require_one_left(tx)
    return row, key
