"""Users as they are read: for the list, for signing in, and for the other services."""

from typing import Any
from uuid import UUID

from auth.problems import UserNotFound
from common.database import Reader, Row, query
from common.ids import parse_id
from contracts.auth import SYSTEM_USER_ID

_STATE = (
    """id, username, display_name, email, role, deleted, token_epoch, api_key_hash, must_change_password, version"""
)

_LIST = query(
    """
    SELECT id, username, display_name, email, role, last_login_at FROM users
    WHERE NOT deleted AND id <> %(system)s ORDER BY lower(display_name), id
    """
)
_LIVE = query(f"SELECT {_STATE}, last_login_at FROM users WHERE id = %(id)s AND NOT deleted AND id <> %(system)s")
_LOCK = query(
    f"SELECT {_STATE}, password_hash, last_login_at FROM users"
    " WHERE id = %(id)s AND NOT deleted AND id <> %(system)s FOR UPDATE"
)
_BY_USERNAME = query(
    f"SELECT {_STATE}, password_hash FROM users WHERE lower(username) = lower(%(username)s) AND NOT deleted"
)
_STATE_BY_ID = query(f"SELECT {_STATE} FROM users WHERE id = %(id)s")
_STATE_BY_KEY = query(f"SELECT {_STATE} FROM users WHERE api_key_hash = %(api_key_hash)s")
_SNAPSHOT = query(f"SELECT {_STATE} FROM users WHERE id > %(after)s ORDER BY id LIMIT %(limit)s")
_KEYS = query("SELECT kid, public_key, retired, version FROM known_keys ORDER BY kid")

_REVOKED = query(
    """
    SELECT jti, user_id, expires_at FROM revoked_tokens WHERE jti > %(after)s AND expires_at > now()
    ORDER BY jti LIMIT %(limit)s
    """
)


async def list_users(reader: Reader) -> list[Row]:
    return await reader.all(_LIST, system=SYSTEM_USER_ID)


async def find_user(reader: Reader, reference: str) -> Row:
    """A live user. `UserNotFound`."""
    return await _found(reader, _LIVE, reference)


async def lock_user(reader: Reader, reference: str) -> Row:
    """The same with the password's hash, locked until the transaction ends."""
    return await _found(reader, _LOCK, reference)


async def user_by_name(reader: Reader, username: str) -> Row | None:
    """A live user with the password's hash, whatever the case of the name."""
    return await reader.first(_BY_USERNAME, username=username)


async def state_by_id(reader: Reader, user_id: UUID) -> Row | None:
    return await reader.first(_STATE_BY_ID, id=user_id)


async def state_by_key(reader: Reader, key_hash: str) -> Row | None:
    return await reader.first(_STATE_BY_KEY, api_key_hash=key_hash)


async def snapshot(reader: Reader, *, after: UUID, limit: int) -> list[Row]:
    return await reader.all(_SNAPSHOT, after=after, limit=limit)


async def signing_keys(reader: Reader) -> list[Row]:
    return await reader.all(_KEYS)


async def revoked_tokens(reader: Reader, *, after: UUID, limit: int) -> list[Row]:
    return await reader.all(_REVOKED, after=after, limit=limit)


async def _found(reader: Reader, statement: Any, reference: str) -> Row:
    user_id = parse_id(reference)
    row = None if user_id is None else await reader.first(statement, id=user_id, system=SYSTEM_USER_ID)
    if row is None:
        raise UserNotFound
    return row


def user_json(row: Row) -> dict[str, Any]:
    """A user as everybody may see them."""
    return {
        "id": row.id,
        "username": row.username,
        "displayName": row.display_name,
        "email": row.email,
        "role": row.role,
        "lastLoginAt": row.last_login_at,
    }


def state_json(row: Row) -> dict[str, Any]:
    """A user as the other services keep them."""
    return {
        "id": row.id,
        "username": row.username,
        "displayName": row.display_name,
        "email": row.email,
        "role": row.role,
        "deleted": row.deleted,
        "tokenEpoch": row.token_epoch,
        "apiKeyHash": row.api_key_hash,
        "mustChangePassword": row.must_change_password,
        "version": row.version,
    }
