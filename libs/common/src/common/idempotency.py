"""Idempotency-Key: a POST that creates something, sent twice, creates it once.

    async with database.transaction() as tx:
        if (replayed := await once.replay(tx)) is not None:
            return replayed
        body = ...                                          # create the thing, build its answer
        await once.keep(tx, body, about=thing_id)

The answer is stored with what it answers, in one transaction, for 24 hours; a refused request stores nothing. Of two
at once, the second waits for the first and gets its answer.
"""

import hashlib
import hmac
from typing import Annotated
from uuid import UUID

import orjson
from fastapi import Depends, Header
from psycopg.errors import LockNotAvailable
from sqlalchemy import Column, DateTime, Index, MetaData, PrimaryKeyConstraint, Table, Text, Uuid, func
from starlette.requests import Request
from starlette.responses import Response

from common.database import Transaction, query
from common.identity import Identity
from common.problems import Conflict, Invalid
from common.routing import tag_headers

_CLAIM = query(
    """INSERT INTO idempotency_keys (scope, key, fingerprint)
       VALUES (%(scope)s, %(key)s, %(fingerprint)s) ON CONFLICT DO NOTHING"""
)
_STORED = query("SELECT fingerprint, body FROM idempotency_keys WHERE scope = %(scope)s AND key = %(key)s")
_KEEP = query(
    "UPDATE idempotency_keys SET body = %(body)s, about = %(about)s WHERE scope = %(scope)s AND key = %(key)s"
)
_FORGET_EXPIRED = query(
    """DELETE FROM idempotency_keys WHERE (scope, key) IN (
         SELECT scope, key FROM idempotency_keys WHERE created_at < now() - interval '24 hours'
         ORDER BY (scope, key) = (%(scope)s, %(key)s) DESC LIMIT 50 FOR UPDATE SKIP LOCKED)"""
)
_FORGET_ABOUT = query("DELETE FROM idempotency_keys WHERE about = %(about)s")


def idempotency_table(metadata: MetaData) -> Table:
    return Table(
        "idempotency_keys",
        metadata,
        Column("scope", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("fingerprint", Text, nullable=False),
        Column("body", Text),
        Column("about", Uuid),
        Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        PrimaryKeyConstraint("scope", "key"),
        Index("ix_idempotency_keys_about", "about"),
        Index("ix_idempotency_keys_created_at", "created_at"),
    )


class KeyInFlight(Conflict):
    """A request with this Idempotency-Key is still being worked on. Try again."""

    code = "idempotency_key_in_flight"


class Once:
    """The Idempotency-Key of one request; without a key both methods do nothing."""

    def __init__(self, scope: str, key: str | None, fingerprint: str) -> None:
        self._scope = scope
        self._key = key
        self._fingerprint = fingerprint

    @property
    def given(self) -> bool:
        """Whether the request has a key at all."""
        return self._key is not None

    async def replay(self, tx: Transaction, *, tagged: int | None = None) -> Response | None:
        """The stored answer of the same request. Otherwise the key is this request's until its transaction ends.

        `tagged` is the version of what such a request creates, where its answer has an ETag.
        """
        if self._key is None:
            return None
        where = {"scope": self._scope, "key": self._key}
        await tx.execute(_FORGET_EXPIRED, **where)
        busy = KeyInFlight(headers={"Retry-After": "1"})
        try:
            claimed = await tx.execute(_CLAIM, fingerprint=self._fingerprint, **where)
        except LockNotAvailable:
            raise busy from None
        if claimed:
            return None
        stored = await tx.first(_STORED, **where)
        if stored is None:
            raise busy  # what it speaks of was deleted at this moment
        if stored.fingerprint != self._fingerprint:
            raise Invalid(("Idempotency-Key", "was used before with another body; use a new key for a new request"))
        headers = {"Idempotent-Replayed": "true"}
        if tagged is not None:
            headers |= tag_headers(stored.body.encode(), tagged)
        return Response(stored.body, 201, headers, media_type="application/json")

    async def keep(self, tx: Transaction, body: bytes, *, about: UUID) -> None:
        """Store the answer. `about` names what it speaks of, so that it goes when that goes."""
        if self._key is not None:
            await tx.execute(_KEEP, scope=self._scope, key=self._key, body=body.decode(), about=about)


async def forget_about(tx: Transaction, about: UUID) -> None:
    """Drop the stored answers that speak of something that is deleted."""
    await tx.execute(_FORGET_ABOUT, about=about)


async def _once(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            max_length=255,
            description="Any unique text, such as a UUID. Sent again with the same body within 24 hours, the request "
            "creates nothing and gets the first answer, with `Idempotent-Replayed: true`.",
        ),
    ] = None,
) -> Once:
    if idempotency_key is None:
        return Once("", None, "")
    if not idempotency_key.strip() or not idempotency_key.isprintable():
        raise Invalid(("Idempotency-Key", "must be 1 to 255 printable characters"))
    identity: Identity = request.state.identity
    body = await request.body()
    try:
        canonical = orjson.dumps(orjson.loads(body), option=orjson.OPT_SORT_KEYS)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        canonical = body  # no JSON, or nested deeper than it can be written again: the endpoint's own 422 follows
    scope = f"{identity.id} {request.method} {request.url.path}"
    # Keyed: a body may hold a password, and a plain hash of it could be guessed from what is stored.
    fingerprint = hmac.new(request.app.state.service_secret.encode(), canonical, hashlib.sha256)
    return Once(scope, idempotency_key, fingerprint.hexdigest())


Idempotent = Annotated[Once, Depends(_once)]
"""Give an endpoint this parameter, and it honours `Idempotency-Key`."""
