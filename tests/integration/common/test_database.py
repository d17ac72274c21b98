"""The pool of connections, and what becomes of them while nobody uses them."""

import asyncio

import psycopg
import pytest

from common.database import Database, query
from support.servers import Postgres

pytestmark = pytest.mark.anyio

_PID = query("SELECT pg_backend_pid()")
AT_ONCE = 5


async def backends(database: Database) -> set[int]:
    """Who answers five questions that are asked at once."""
    everybody_asks = asyncio.Barrier(AT_ONCE)

    async def ask() -> int:
        async with database.read() as reader:
            await everybody_asks.wait()
            pid: int = await reader.scalar(_PID)
            return pid

    return set(await asyncio.gather(*(ask() for _ in range(AT_ONCE))))


async def test_no_question_fails_because_idle_connections_ended(writer: Database, postgres: Postgres) -> None:
    """As after PostgreSQL was restarted: a service that nobody asked meanwhile has noticed nothing."""
    before = await backends(writer)
    assert len(before) == AT_ONCE
    with psycopg.connect(postgres.url, autocommit=True) as admin:
        ended = admin.execute("SELECT pg_terminate_backend(pid, 5000) FROM unnest(%s::int[]) pid", [list(before)])
        assert ended.fetchall() == [(True,)] * AT_ONCE
    async with writer.transaction() as tx:
        assert await tx.scalar(_PID) not in before
    assert not before & await backends(writer)
