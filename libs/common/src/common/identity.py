"""Who is asking: every service checks credentials itself, against what it has heard of users and keys.

    authenticator = Authenticator(KnownUsers(database, auth), KnownKeys(database, auth), settings)
    identity = await authenticator.identify(request)

Role, deletion and token epoch come from `known_users`, not from the token: a demotion bites on the next request.
"""

import hashlib
import time
import zlib
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Protocol
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.sql import bindparam
from starlette.requests import Request

from common.database import Database, Query, Row, Transaction, query
from common.event import Actor
from common.peers import Peer
from common.problems import Forbidden, Unauthenticated
from common.projection import upsert_if_newer

ISSUER = "ticketing"
AUDIENCE = "ticketing-api"
CACHE_SECONDS = 0.5
"""How long a lost broadcast can delay a revocation."""

KEY_PREFIX = "sk_"
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Role(StrEnum):
    ADMIN = "ADMIN"
    AGENT = "AGENT"
    USER = "USER"
    SERVICE = "SERVICE"


@dataclass(frozen=True, slots=True)
class User:
    """A user as every service keeps them."""

    id: UUID
    username: str
    display_name: str
    email: str
    role: Role
    deleted: bool
    token_epoch: int
    api_key_hash: str | None
    must_change_password: bool
    version: int
    revoked: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller of a request."""

    user: User
    credential: Literal["token", "cookie", "key"]
    token: "Claims | None" = None

    @property
    def id(self) -> UUID:
        return self.user.id

    @property
    def role(self) -> Role:
        return self.user.role

    @property
    def actor(self) -> Actor:
        return Actor(id=self.user.id, username=self.user.username, display_name=self.user.display_name)


@dataclass(frozen=True, slots=True)
class Claims:
    """What a verified token says."""

    user_id: UUID
    jti: UUID
    epoch: int
    expires_at: int


class ForeignOrigin(Forbidden):
    """A browser session may change things only from the address it was opened at."""

    code = "foreign_origin"


class PasswordChangeRequired(Forbidden):
    """The password was set for you. Change it with POST /api/auth/password; until then nothing else opens."""

    code = "password_change_required"


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


def known_keys_table(metadata: MetaData) -> Table:
    return Table(
        "known_keys",
        metadata,
        Column("kid", Text, primary_key=True),
        Column("public_key", Text, nullable=False),
        Column("retired", Boolean, nullable=False),
        Column("version", BigInteger, nullable=False),
    )


_tables = MetaData()
_users = known_users_table(_tables)
_revoked = revoked_tokens_table(_tables)
_keys = known_keys_table(_tables)

_REVOKED_OF_USER = (
    select(func.array_agg(_revoked.c.jti))
    .where(_revoked.c.user_id == _users.c.id, _revoked.c.expires_at > func.now())
    .scalar_subquery()
    .label("revoked")
)
_USER_BY_ID = query(select(_users, _REVOKED_OF_USER).where(_users.c.id == bindparam("id")))
_USER_BY_KEY = query(select(_users, _REVOKED_OF_USER).where(_users.c.api_key_hash == bindparam("api_key_hash")))
_LIVE_KEYS = query(select(_keys.c.kid, _keys.c.public_key).where(_keys.c.retired.is_(False)))


_REMEMBER_USER = upsert_if_newer(_users)
_REMEMBER_KEY = upsert_if_newer(_keys)
_REMEMBER_REVOKED = query(
    insert(_revoked)
    .values(jti=bindparam("jti"), user_id=bindparam("user_id"), expires_at=bindparam("expires_at"))
    .on_conflict_do_nothing()
)
_FORGET_EXPIRED = query("DELETE FROM revoked_tokens WHERE expires_at < now()")


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


class KnownUsers:
    """Users as this service has heard of them, with a short memory in the process.

    Asks the owner once about a user or key it has never heard of. auth itself has no owner to ask.
    """

    def __init__(self, database: Database, owner: Peer | None) -> None:
        self._database = database
        self._owner = owner
        self._by_id: dict[UUID, tuple[float, User]] = {}
        self._id_of_key: dict[str, UUID] = {}

    async def by_id(self, user_id: UUID) -> User | None:
        cached = self._by_id.get(user_id)
        if cached is not None and time.monotonic() - cached[0] < CACHE_SECONDS:
            return cached[1]
        return await self._load(_USER_BY_ID, f"/internal/users/{user_id}", id=user_id)

    async def by_key(self, key_hash: str) -> User | None:
        user_id = self._id_of_key.get(key_hash)
        if user_id is not None:
            user = await self.by_id(user_id)
            return user if user is not None and user.api_key_hash == key_hash else None
        user = await self._load(_USER_BY_KEY, f"/internal/users/by-key/{key_hash}", api_key_hash=key_hash)
        if user is not None and len(self._id_of_key) < 10_000:
            self._id_of_key[key_hash] = user.id
        return user

    def forget(self, user_id: UUID | None = None) -> None:
        """Drop the process's copy of one user, or of all."""
        if user_id is None:
            self._by_id.clear()
        else:
            self._by_id.pop(user_id, None)

    async def _load(self, statement: Query, path: str, **params: Any) -> User | None:
        async with self._database.read() as reader:
            row = await reader.first(statement, **params)
        if row is None and self._owner is not None:
            answer = await self._owner.get(path)
            if answer is None:
                return None
            async with self._database.transaction() as tx:
                await tx.execute(_REMEMBER_USER, **user_params_from_wire(answer))
                row = await tx.first(statement, **params)
        if row is None:
            return None
        user = _user(row)
        self._by_id[user.id] = (time.monotonic(), user)
        return user


async def remember_user(tx: Transaction, state: UserState, version: int) -> None:
    """Keep a user's state, unless a newer one is kept already."""
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
        version=version,
    )


async def remember_key(tx: Transaction, *, kid: str, public_key: str, retired: bool, version: int) -> None:
    """Keep a public signing key, unless a newer state of it is kept already."""
    await tx.execute(_REMEMBER_KEY, kid=kid, public_key=public_key, retired=retired, version=version)


async def remember_revoked(tx: Transaction, *, jti: UUID, user_id: UUID, expires_at: datetime) -> None:
    """Keep a signed-out token until it expires, and forget those that have."""
    await tx.execute(_REMEMBER_REVOKED, jti=jti, user_id=user_id, expires_at=expires_at)
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


class KnownKeys:
    """Public signing keys as this service has heard of them. auth is asked of an unknown one, once a second at most."""

    def __init__(self, database: Database, owner: Peer | None) -> None:
        self._database = database
        self._owner = owner
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._loaded = 0.0
        self._asked = 0.0

    async def get(self, kid: str) -> Ed25519PublicKey | None:
        if time.monotonic() - self._loaded > CACHE_SECONDS:
            await self._load()
        if kid not in self._keys and self._owner is not None and time.monotonic() - self._asked > 1:
            self._asked = time.monotonic()
            answer = await self._owner.get("/internal/keys")
            async with self._database.transaction() as tx:
                for key in answer or ():
                    await remember_key(
                        tx,
                        kid=key["kid"],
                        public_key=key["publicKey"],
                        retired=key["retired"],
                        version=key["version"],
                    )
            await self._load()
        return self._keys.get(kid)

    def forget(self) -> None:
        self._loaded = 0.0

    async def _load(self) -> None:
        async with self._database.read() as reader:
            rows = await reader.all(_LIVE_KEYS)
        self._keys = {row.kid: Ed25519PublicKey.from_public_bytes(bytes.fromhex(row.public_key)) for row in rows}
        self._loaded = time.monotonic()


class Authenticator:
    """Turns the credential of a request into the caller, or says 401."""

    def __init__(
        self,
        users: KnownUsers,
        keys: KnownKeys,
        *,
        client_origin: str,
        secure_cookies: bool,
        enforces_password_change: bool,
    ) -> None:
        self.users = users
        self.keys = keys
        self.cookie = cookie_name(secure=secure_cookies)
        self._client_origin = client_origin
        self._enforces_password_change = enforces_password_change
        self._verified: OrderedDict[str, tuple[str, Claims]] = OrderedDict()

    async def identify(self, request: Request, *, may_owe_password_change: bool = False) -> Identity:
        authorization = request.headers.get("authorization")
        api_key = request.headers.get("x-api-key")
        if authorization is not None and api_key is not None:
            raise Unauthenticated("Send either Authorization or X-Api-Key, not both.")
        if authorization is not None:
            identity = await self._by_token(_bearer(authorization), "token")
        elif api_key is not None:
            identity = await self._by_key(api_key)
        else:
            token = request.cookies.get(self.cookie)
            if token is None:
                raise Unauthenticated
            identity = await self._by_token(token, "cookie")
            self._refuse_foreign_origin(request)
        if identity.user.must_change_password and self._enforces_password_change and not may_owe_password_change:
            raise PasswordChangeRequired
        return identity

    def forget_tokens(self) -> None:
        """A signing key was retired: verify every token anew."""
        self._verified.clear()
        self.keys.forget()

    async def _by_token(self, token: str, credential: Literal["token", "cookie"]) -> Identity:
        claims = await self._claims(token)
        user = await self.users.by_id(claims.user_id)
        if (
            user is None
            or user.deleted
            or user.role == Role.SERVICE
            or user.token_epoch != claims.epoch
            or claims.jti in user.revoked
        ):
            raise Unauthenticated("This session has ended. Sign in again.")
        return Identity(user, credential, claims)

    async def _claims(self, token: str) -> Claims:
        cached = self._verified.get(token)
        if cached is not None:
            kid, claims = cached
            if claims.expires_at > time.time() and await self.keys.get(kid) is not None:
                return claims
            del self._verified[token]
        kid, claims = await self._verify(token)
        self._verified[token] = (kid, claims)
        if len(self._verified) > 5_000:
            self._verified.popitem(last=False)
        return claims

    async def _verify(self, token: str) -> tuple[str, Claims]:
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = await self.keys.get(kid) if isinstance(kid, str) else None
            if key is None or not isinstance(kid, str):
                raise Unauthenticated("This token was not signed by this system.")
            claims = jwt.decode(
                token,
                key,
                algorithms=["EdDSA"],
                issuer=ISSUER,
                audience=AUDIENCE,
                options={"require": ["iss", "aud", "sub", "jti", "iat", "exp", "epoch"]},
            )
            return kid, Claims(UUID(claims["sub"]), UUID(claims["jti"]), int(claims["epoch"]), int(claims["exp"]))
        except (jwt.InvalidTokenError, ValueError, TypeError):
            raise Unauthenticated("This token is not valid, or no longer. Sign in again.") from None

    async def _by_key(self, api_key: str) -> Identity:
        if not is_api_key(api_key):
            raise Unauthenticated("This API key is not valid.")
        user = await self.users.by_key(hash_api_key(api_key))
        if user is None or user.deleted or user.role != Role.SERVICE:
            raise Unauthenticated("This API key is not valid, or no longer.")
        return Identity(user, "key")

    def _refuse_foreign_origin(self, request: Request) -> None:
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return
        origin = request.headers.get("origin")
        if origin is None:
            raise ForeignOrigin
        if origin != self._client_origin and origin.partition("://")[2] != request.headers.get("host"):
            raise ForeignOrigin


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("The Authorization header must read: Bearer <token>.")
    return token.strip()


def cookie_name(*, secure: bool) -> str:
    return "__Host-session" if secure else "session"


def hash_api_key(api_key: str) -> str:
    """SHA-256 in hex: a key has 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(api_key.encode()).hexdigest()


def is_api_key(text: str) -> bool:
    """Whether `text` has the form of a key and its check digits are right: `sk_`, 43 characters, 6 of CRC-32."""
    if len(text) != 52 or not text.startswith(KEY_PREFIX) or not text.isascii():
        return False
    return api_key_check(text[3:46]) == text[46:]


def api_key_check(secret: str) -> str:
    """The six check characters of a key: its CRC-32 in base 62."""
    value = zlib.crc32(secret.encode())
    digits = ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        digits = BASE62[digit] + digits
    return digits
