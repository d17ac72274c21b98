"""Public signing keys as a service has heard of them.

keys = KnownKeys(database, auth)
key = await keys.get(kid)                       # None: not signed by this system

listens: {KeyPublished: keep_key}
"""

import time
from typing import Any, Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import BigInteger, Boolean, Column, MetaData, Table, Text, select

from common.database import Database, Transaction, query
from common.known_users import CACHE_SECONDS
from common.peers import Peer
from common.projection import upsert_if_newer


def known_keys_table(metadata: MetaData) -> Table:
    return Table(
        "known_keys",
        metadata,
        Column("kid", Text, primary_key=True),
        Column("public_key", Text, nullable=False),
        Column("retired", Boolean, nullable=False),
        Column("version", BigInteger, nullable=False),
    )


_keys = known_keys_table(MetaData())
_LIVE_KEYS = query(select(_keys.c.kid, _keys.c.public_key).where(_keys.c.retired.is_(False)))
_REMEMBER_KEY = upsert_if_newer(_keys)
KEY_VERSIONS = query("SELECT kid AS key, version FROM known_keys WHERE kid = ANY(%(keys)s::text[])")


class KnownKeys:
    """Public signing keys as this service has heard of them. auth is asked of an unknown one, once a second at most."""

    def __init__(self, database: Database, owner: Peer | None) -> None:
        self._database = database
        self._owner = owner
        self._keys: dict[str, Ed25519PublicKey] = {}
        self._loaded = 0.0
        self._asked = 0.0
        self._forgets = 0

    async def get(self, kid: str) -> Ed25519PublicKey | None:
        if time.monotonic() - self._loaded > CACHE_SECONDS:
            await self._load()
        if kid not in self._keys and self._owner is not None and time.monotonic() - self._asked > 1:
            self._asked = time.monotonic()
            answer = await self._owner.get("/internal/keys")
            async with self._database.transaction() as tx:
                for key in answer or ():
                    await keep_key_state(tx, key)
            await self._load()
        return self._keys.get(kid)

    def forget(self) -> None:
        self._loaded = 0.0
        self._forgets += 1

    async def _load(self) -> None:
        forgets = self._forgets
        async with self._database.read() as reader:
            rows = await reader.all(_LIVE_KEYS)
        self._keys = {row.kid: Ed25519PublicKey.from_public_bytes(bytes.fromhex(row.public_key)) for row in rows}
        # Told to forget meanwhile, what was read may be what was to be forgotten: it is read again.
        if forgets == self._forgets:
            self._loaded = time.monotonic()


class KeyState(Protocol):
    """What a key event carries (`contracts.auth.KeyState`)."""

    @property
    def kid(self) -> str: ...

    @property
    def public_key(self) -> str: ...

    @property
    def retired(self) -> bool: ...


class KeySaid(Protocol):
    """An event that carries the state of a signing key."""

    @property
    def version(self) -> int: ...

    @property
    def data(self) -> KeyState: ...


async def keep_key(tx: Transaction, event: KeySaid) -> None:
    """Keep a public signing key, unless a newer state of it is kept already."""
    key = event.data
    await _remember(tx, kid=key.kid, public_key=key.public_key, retired=key.retired, version=event.version)


async def keep_key_state(tx: Transaction, answer: dict[str, Any]) -> None:
    """Keep a key as auth answers it under /internal/keys, unless a newer state is kept already."""
    await _remember(
        tx,
        kid=answer["kid"],
        public_key=answer["publicKey"],
        retired=answer["retired"],
        version=answer["version"],
    )


async def _remember(tx: Transaction, *, kid: str, public_key: str, retired: bool, version: int) -> None:
    await tx.execute(_REMEMBER_KEY, kid=kid, public_key=public_key, retired=retired, version=version)
