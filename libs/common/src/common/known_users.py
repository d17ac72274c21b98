"""Users as a service has heard of them, with the tokens that were signed out.

users = KnownUsers(database, auth)
user = await users.by_id(user_id)               # None for nobody

listens: {UserChanged: keep_user, UserDeleted: keep_user, TokenRevoked: keep_revocation}
"""

import time
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, MetaData, Table, Text, Uuid, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql import bindparam

from common.database import Database, Query, Row, Transaction, query
from common.identity import Role, User
from common.peers import Peer
from common.projection import upsert_if_newer

CACHE_SECONDS = 0.5
"""How long a lost broadcast can delay a revocation."""


def known_users_table(metadata: MetaData) -> Table:
    return Table(
        "known_users",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("username", Text, nullable=False),
        Column("display_name", Text, nullable=False),
        Column("email", Text, nullable=False),
        Column("role", Text, nullable=False),
        Column("deleted", Boolean, nullable=False),
        Column("token_epoch", Integer, nullable=False),
        Column("api_key_hash", Text),
        Column("must_change_password", Boolean, nullable=False),
        Column("version", BigInteger, nullable=False),
        Index("ix_known_users_api_key_hash", "api_key_hash"),
    )


def revoked_tokens_table(metadata: MetaData) -> Table:
    return Table(
        "revoked_tokens",
        metadata,
        Column("jti", Uuid, primary_key=True),
        Column("user_id", Uuid, nullable=False),
        Column("expires_at", DateTime(timezone=True), nullable=False),
        Index("ix_revoked_tokens_user_id", "user_id"),
        Index("ix_revoked_tokens_expires_at", "expires_at"),
    )


_tables = MetaData()
_users = known_users_table(_tables)
_revoked = revoked_tokens_table(_tables)

_REVOKED_OF_USER = (
    select(func.array_agg(_revoked.c.jti)).where(_revoked.c.user_id == _users.c.id).scalar_subquery().label("revoked")
)
_USER_BY_ID = query(select(_users, _REVOKED_OF_USER).where(_users.c.id == bindparam("id")))
_USER_BY_KEY = query(select(_users, _REVOKED_OF_USER).where(_users.c.api_key_hash == bindparam("api_key_hash")))
_REMEMBER_USER = upsert_if_newer(_users)
_REMEMBER_REVOKED = query(
    insert(_revoked)
    .values(jti=bindparam("jti"), user_id=bindparam("user_id"), expires_at=bindparam("expires_at"))
    .on_conflict_do_nothing()
)
REVOCATION_VERSIONS = query(
    "SELECT jti::text AS key, 1 AS version FROM revoked_tokens WHERE jti = ANY(%(keys)s::uuid[])"
)
USER_VERSIONS = query("SELECT id::text AS key, version FROM known_users WHERE id = ANY(%(keys)s::uuid[])")
# Not at once: where a clock is late, a token is taken for a moment longer than it says.
_FORGET_EXPIRED = query("DELETE FROM revoked_tokens WHERE expires_at < now() - interval '1 minute'")


class KnownUsers:
    """Users as this service has heard of them, with a short memory in the process.

    Asks the owner once about a user or key it has never heard of. auth itself has no owner to ask.
    """

    def __init__(self, database: Database, owner: Peer | None) -> None:
        self._database = database
        self._owner = owner
        self._by_id: dict[UUID, tuple[float, User]] = {}
        self._id_of_key: dict[str, UUID] = {}
        self._forgets = 0

    async def by_id(self, user_id: UUID, *, epoch: int = 0) -> User | None:
        """The user; the owner is asked about one whose tokens are not known to have come as far as `epoch`."""
        path = f"/internal/users/{user_id}"
        cached = self._by_id.get(user_id)
        if cached is not None and time.monotonic() - cached[0] < CACHE_SECONDS:
            user: User | None = cached[1]
        else:
            user = await self._load(_USER_BY_ID, path, id=user_id)
        if user is not None and user.token_epoch < epoch:
            user = await self._ask(_USER_BY_ID, path, id=user_id) or user
        return user

    async def by_key(self, key_hash: str) -> User | None:
        user_id = self._id_of_key.get(key_hash)
        if user_id is not None:
            user = await self.by_id(user_id)
            return user if user is not None and user.api_key_hash == key_hash else None
        user = await self._load(_USER_BY_KEY, f"/internal/users/by-key/{key_hash}", api_key_hash=key_hash)
        if user is not None and len(self._id_of_key) < 10_000:
            self._id_of_key[key_hash] = user.id
        return user

    def forget(self, user_id: UUID) -> None:
        """Drop the process's copy of this user."""
        self._by_id.pop(user_id, None)
        self._forgets += 1

    async def _load(self, statement: Query, path: str, **params: Any) -> User | None:
        forgets = self._forgets
        async with self._database.read() as reader:
            row = await reader.first(statement, **params)
        return await self._ask(statement, path, **params) if row is None else self._keep(row, forgets)

    async def _ask(self, statement: Query, path: str, **params: Any) -> User | None:
        forgets = self._forgets
        answer = None if self._owner is None else await self._owner.get(path)
        if answer is None:
            return None
        async with self._database.transaction() as tx:
            await keep_user_state(tx, answer)
            row = await tx.first(statement, **params)
        return None if row is None else self._keep(row, forgets)

    def _keep(self, row: Row, forgets: int) -> User:
        user = _user(row)
        # What was read before somebody was told to be forgotten may be what was to be forgotten.
        if forgets == self._forgets:
            self._by_id[user.id] = (time.monotonic(), user)
        return user


class UserState(Protocol):
    """What a user event carries (`contracts.auth.UserState`)."""

    @property
    def id(self) -> UUID: ...

    @property
    def username(self) -> str: ...

    @property
    def display_name(self) -> str: ...

    @property
    def email(self) -> str: ...

    @property
    def role(self) -> str: ...

    @property
    def deleted(self) -> bool: ...

    @property
    def token_epoch(self) -> int: ...

    @property
    def api_key_hash(self) -> str | None: ...

    @property
    def must_change_password(self) -> bool: ...


class UserSaid(Protocol):
    """An event that carries a user's state."""

    @property
    def version(self) -> int: ...

    @property
    def data(self) -> UserState: ...


class RevokedToken(Protocol):
    """What a revocation carries (`contracts.auth.RevokedToken`)."""

    @property
    def jti(self) -> UUID: ...

    @property
    def user_id(self) -> UUID: ...

    @property
    def expires_at(self) -> datetime: ...


class RevocationSaid(Protocol):
    """An event that carries a revocation."""

    @property
    def data(self) -> RevokedToken: ...


async def keep_user(tx: Transaction, event: UserSaid) -> None:
    """Keep a user's state, unless a newer one is kept already."""
    state = event.data
    await tx.execute(
        _REMEMBER_USER,
        id=state.id,
        username=state.username,
        display_name=state.display_name,
        email=state.email,
        role=str(state.role),
        deleted=state.deleted,
        token_epoch=state.token_epoch,
        api_key_hash=state.api_key_hash,
        must_change_password=state.must_change_password,
        version=event.version,
    )


async def keep_user_state(tx: Transaction, answer: dict[str, Any]) -> None:
    """Keep a user as auth answers it under /internal/users, unless a newer state is kept already."""
    await tx.execute(_REMEMBER_USER, **user_params_from_wire(answer))


async def keep_revocation(tx: Transaction, event: RevocationSaid) -> None:
    """Keep a signed-out token until it expires, and forget those that have."""
    token = event.data
    await tx.execute(_REMEMBER_REVOKED, jti=token.jti, user_id=token.user_id, expires_at=token.expires_at)
    await forget_expired(tx)


async def keep_revocation_state(tx: Transaction, answer: dict[str, Any]) -> None:
    """Keep a signed-out token as auth answers it under /internal/revoked-tokens."""
    await tx.execute(
        _REMEMBER_REVOKED,
        jti=UUID(answer["jti"]),
        user_id=UUID(answer["userId"]),
        expires_at=datetime.fromisoformat(answer["expiresAt"]),
    )


async def forget_expired(tx: Transaction) -> None:
    """Forget signed-out tokens that nobody takes any more."""
    await tx.execute(_FORGET_EXPIRED)


def user_params_from_wire(answer: dict[str, Any]) -> dict[str, Any]:
    """The columns of `known_users` from what auth answers under /internal/users."""
    return {
        "id": UUID(answer["id"]),
        "username": answer["username"],
        "display_name": answer["displayName"],
        "email": answer["email"],
        "role": answer["role"],
        "deleted": answer["deleted"],
        "token_epoch": answer["tokenEpoch"],
        "api_key_hash": answer["apiKeyHash"],
        "must_change_password": answer["mustChangePassword"],
        "version": answer["version"],
    }


def _user(row: Row) -> User:
    return User(
        id=row.id,
        username=row.username,
        display_name=row.display_name,
        email=row.email,
        role=Role(row.role),
        deleted=row.deleted,
        token_epoch=row.token_epoch,
        api_key_hash=row.api_key_hash,
        must_change_password=row.must_change_password,
        version=row.version,
        revoked=frozenset(row.revoked or ()),
    )
