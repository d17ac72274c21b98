"""The signing key: published once, and retired when JWT_SECRET changes."""

import asyncio

import pytest

from auth.tokens import SigningKey
from auth.usecases.publish_key import publish_key
from common.database import Database
from integration.auth.callers import signed_in
from integration.auth.conftest import Opener
from integration.auth.said import said

pytestmark = pytest.mark.anyio

ONE = SigningKey.derive("the first secret, long enough to be one")
OTHER = SigningKey.derive("the second secret, long enough to be one")


async def test_replicas_that_start_together_publish_it_once(database: Database) -> None:
    for turn in range(6):
        key = (ONE, OTHER)[turn % 2]
        changed = await asyncio.gather(*(publish_key(database, key) for _ in range(4)))
        assert sorted(changed) == [False, False, False, True]
    events = await said(database, ONE.kid)
    assert [event["aggregateversion"] for event in events] == [1, 2, 3, 4, 5, 6]
    assert events[0]["data"] == {"kid": ONE.kid, "publicKey": ONE.public, "retired": False}


async def test_a_new_secret_retires_the_key_of_the_old_one(database: Database) -> None:
    for key in (ONE, OTHER, ONE):
        assert await publish_key(database, key)
    assert [(event["aggregateversion"], event["data"]["retired"]) for event in await said(database, ONE.kid)] == [
        (1, False),
        (2, True),
        (3, False),
    ]
    assert [event["data"]["retired"] for event in await said(database, OTHER.kid)] == [False, True]


async def test_r6_a_new_secret_ends_every_session(opened: Opener) -> None:
    async with opened() as client:
        before = await signed_in(client, "admin", "admin123")
    async with opened(jwt_secret="8e1f5ac07b93d264f1c08a7be4d95362") as client:
        answer = await client.get("/api/auth/me", headers=before.headers)
        assert answer.status_code == 401
        await signed_in(client, "admin", "admin123")
