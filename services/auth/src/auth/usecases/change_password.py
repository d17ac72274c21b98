"""Change one's own password: every session that was begun with the old one ends."""

from auth.login_limits import LoginLimits
from auth.passwords import Passwords
from auth.problems import WeakPassword
from auth.queries.users import lock_user, user_by_name
from auth.rules import weakness
from auth.schemas import PasswordChange
from auth.usecases.write_user import new_password, save_user
from common.database import Database, Row
from common.identity import Identity
from common.problems import Invalid


async def change_password(
    database: Database,
    passwords: Passwords,
    limits: LoginLimits,
    caller: Identity,
    change: PasswordChange,
    address: str,
) -> Row:
    """The user after the change. A wrong current password counts as a failed login."""
    user = caller.user
    await limits.check(user.username, address)
    async with database.read() as reader:
        known = await user_by_name(reader, user.username)
    if not await passwords.verify(change.current_password, known and known.password_hash):
        await limits.failed(user.username, address)
        raise Invalid(("currentPassword", "is wrong"))
    await limits.succeeded(user.username, address)
    weak = weakness(change.new_password, username=user.username, email=user.email)
    if weak is None and change.new_password == change.current_password:
        weak = "must differ from the current one"
    if weak is not None:
        raise WeakPassword(("newPassword", weak))
    password_hash = await passwords.hash(change.new_password)
    async with database.transaction() as tx:
        row = await lock_user(tx, str(user.id))
        if known is None or row.password_hash != known.password_hash:
            raise Invalid(("currentPassword", "was changed meanwhile"))
        return await save_user(tx, row, new_password(row, password_hash), caller.actor)
