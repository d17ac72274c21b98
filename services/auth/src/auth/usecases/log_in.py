"""Sign in with a password: the same answer, after the same time, whatever was wrong."""

import logging

from auth.login_limits import LoginLimits
from auth.passwords import Passwords
from auth.problems import WrongCredentials
from auth.queries.users import user_by_name
from auth.schemas import Login
from common.database import Database, Row, query
from common.identity import Role

_SEEN = query("UPDATE users SET last_login_at = clock_timestamp() WHERE id = %(id)s")

log = logging.getLogger(__name__)


async def log_in(database: Database, passwords: Passwords, limits: LoginLimits, login: Login, address: str) -> Row:
    """The user. `WrongCredentials`, or `TooMany` after too many of those."""
    await limits.check(login.username, address)
    async with database.read() as reader:
        user = await user_by_name(reader, login.username)
    password_hash = None if user is None or user.role == Role.SERVICE else user.password_hash
    matches = await passwords.verify(login.password, password_hash)
    if user is None or not matches:
        await limits.failed(login.username, address)
        # Never the name that was sent: it may be a password in the wrong field.
        log.warning("login.refused", extra={"user_id": None if user is None else user.id, "address": address})
        raise WrongCredentials
    await limits.succeeded(login.username, address)
    async with database.single() as tx:
        await tx.execute(_SEEN, id=user.id)
    log.info("login.succeeded", extra={"user_id": user.id, "address": address})
    return user
