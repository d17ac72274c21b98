"""Write a user with the event that says so: what every use case that changes users ends in."""

from typing import Any
from uuid import UUID

from psycopg.errors import UniqueViolation

from auth.problems import Taken
from auth.tables import outbox
from common.database import Row, Transaction, query
from common.event import Actor
from common.logs import traceparent
from contracts.auth import UserChanged, UserDeleted, UserState

_COLUMNS = (
    "username", "display_name", "email", "role", "password_hash", "api_key_hash", "token_epoch",
    "must_change_password", "deleted", "version",
)  # fmt: skip
_RETURNED = "*, clock_timestamp() AS now"
_INSERT = query(
    f"INSERT INTO users (id, {', '.join(_COLUMNS)})"
    f" VALUES (%(id)s, {', '.join(f'%({name})s' for name in _COLUMNS)}) RETURNING {_RETURNED}"
)
_UPDATE = query(
    f"UPDATE users SET {', '.join(f'{name} = %({name})s' for name in _COLUMNS)} WHERE id = %(id)s RETURNING {_RETURNED}"
)


async def insert_user(tx: Transaction, user_id: UUID, values: dict[str, Any], actor: Actor | None) -> Row:
    """A new user. `Taken` where the name or the address is."""
    first = {"token_epoch": 0, "must_change_password": False, "deleted": False, "version": 1}
    blank = {"password_hash": None, "api_key_hash": None}
    return await _write(tx, _INSERT, {"id": user_id} | blank | first | values, actor)


async def save_user(tx: Transaction, user: Row, changes: dict[str, Any], actor: Actor | None) -> Row:
    """The user with `changes`, one version on. `Taken` where the name or the address is."""
    values = {name: getattr(user, name) for name in _COLUMNS} | changes | {"version": user.version + 1}
    return await _write(tx, _UPDATE, {"id": user.id} | values, actor)


def new_password(user: Row, password_hash: str | None, *, must_change: bool = False) -> dict[str, Any]:
    """What `save_user` changes with a password, also with its going: every session of before ends."""
    return {
        "password_hash": password_hash,
        "must_change_password": must_change,
        "token_epoch": user.token_epoch + 1,
    }


async def _write(tx: Transaction, statement: Any, values: dict[str, Any], actor: Actor | None) -> Row:
    try:
        row = await tx.one(statement, **values)
    except UniqueViolation as error:
        raise Taken("email" if "email" in (error.diag.constraint_name or "") else "username") from None
    kind = UserDeleted if row.deleted else UserChanged
    await outbox.record(
        tx,
        kind(
            source="auth",
            subject=str(row.id),
            time=row.now,
            version=row.version,
            traceparent=traceparent.get(),
            actor=actor,
            data=UserState(
                id=row.id,
                username=row.username,
                display_name=row.display_name,
                email=row.email,
                role=row.role,
                deleted=row.deleted,
                token_epoch=row.token_epoch,
                api_key_hash=row.api_key_hash,
                must_change_password=row.must_change_password,
            ),
        ),
    )
    return row
