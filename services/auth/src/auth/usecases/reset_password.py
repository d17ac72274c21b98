"""A way back in for whoever runs the system, when no admin knows a password any more."""

import secrets

from auth.passwords import Passwords
from auth.queries.users import lock_user, user_by_name
from auth.settings import AuthSettings
from auth.usecases.write_user import new_password, save_user
from common.database import Database
from common.identity import Role
from common.service import Refused


async def reset_password(database: Database, _settings: AuthSettings, username: str) -> str:
    """A new password for the account, told once. Every session of it ends. `Refused` where it has none."""
    async with database.read() as reader:
        known = await user_by_name(reader, username)
    if known is None:
        raise Refused(f"there is no account {username}")
    if known.role == Role.SERVICE:
        raise Refused(f"{known.username} has an API key and no password: an admin makes a new one under Users")
    password = secrets.token_urlsafe(12)
    passwords = Passwords()
    password_hash = await passwords.hash(password)
    passwords.close()
    async with database.transaction() as tx:
        user = await lock_user(tx, str(known.id))
        await save_user(tx, user, new_password(user, password_hash, must_change=True), None)
    return f"{user.username} signs in with {password} from now on, and is asked to change it. Its sessions have ended."
