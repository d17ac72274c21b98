"""Read models made whole from their owners, whatever the streams did not bring.

    Snapshot(auth, "/internal/users", versions=USER_VERSIONS, keep=keep_user_state)
    await repair(database, snapshot)        # how many were missing or old

A durable is where NATS says it is. After PostgreSQL was restored to an earlier moment, what came in between is not
brought again; and while NATS is away, an empty schema knows nobody. The owner's snapshot heals both: it is compared
soon after the start, and then every few minutes.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg_pool import PoolClosed, PoolTimeout

from common.consumer import DurablePull
from common.database import Database, Query, Reader, Transaction
from common.known_keys import KEY_VERSIONS, keep_key_state
from common.known_users import REVOCATION_VERSIONS, USER_VERSIONS, keep_revocation_state, keep_user_state
from common.peers import Peer
from common.problems import Unavailable

PAGE = 1000
PATIENCE_WITH_PAGE = 5.0
PATIENCE_WITH_STREAMS = 3.0
"""Seconds the streams may take after a start: they are the cheaper way to fill an empty schema."""

GRACE = 2.0
RETRY = 2.0
TRANSIENT = (Unavailable, psycopg.Error, PoolTimeout, PoolClosed)

State = dict[str, Any]
Keep = Callable[[Transaction, State], Awaitable[None]]

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Snapshot:
    """All states of one kind as their owner has them: JSON objects with `version`, and their key in `key`.

    `path` takes `limit` and `after`, the last key of the page before. `versions` gives `key` (as text) and `version` of
    those of %(keys)s that are known. `keep` keeps one state, unless a newer one is kept already.
    """

    owner: Peer
    path: str
    versions: Query
    keep: Keep
    key: str = "id"


def identity_snapshots(auth: Peer, keep_user: Keep = keep_user_state) -> list[Snapshot]:
    """The users, the signing keys, and the tokens that were signed out."""
    return [
        Snapshot(auth, "/internal/users", USER_VERSIONS, keep_user),
        Snapshot(auth, "/internal/keys", KEY_VERSIONS, keep_key_state, key="kid"),
        Snapshot(auth, "/internal/revoked-tokens", REVOCATION_VERSIONS, keep_revocation_state, key="jti"),
    ]


async def keep_repaired(
    database: Database,
    snapshots: Sequence[Snapshot],
    *,
    streams: Sequence[DurablePull],
    every: float,
) -> None:
    """Until cancelled, every so many seconds."""
    await _brought_what_they_hold(streams)
    while True:
        pause = every
        for snapshot in snapshots:
            try:
                count = await repair(database, snapshot)
            except TRANSIENT as error:
                log.info("repair.postponed", extra={"snapshot": snapshot.path, "reason": repr(error)})
                pause = min(every, RETRY)
            else:
                if count:
                    log.info("repair.repaired", extra={"snapshot": snapshot.path, "count": count})
        await asyncio.sleep(pause)


async def repair(database: Database, snapshot: Snapshot) -> int:
    """Keep what the owner has and this service does not, or not in that version. Returns how many that were.

    What became true a moment ago is on its way, with its actor: it is left to the stream.
    """
    behind: list[State] = []
    async for page in _pages(snapshot):
        async with database.read() as reader:
            behind += await _behind(reader, snapshot, page)
    if behind:
        await asyncio.sleep(GRACE)
    count = 0
    for start in range(0, len(behind), PAGE):
        async with database.transaction() as tx:
            still = await _behind(tx, snapshot, behind[start : start + PAGE])
            for state in still:
                await snapshot.keep(tx, state)
        count += len(still)
    return count


async def _pages(snapshot: Snapshot) -> AsyncIterator[list[State]]:
    after = ""
    while True:
        path = f"{snapshot.path}?limit={PAGE}" + (f"&after={after}" if after else "")
        page: list[State] | None = await snapshot.owner.get(path, patience=PATIENCE_WITH_PAGE)
        if page is None:
            raise Unavailable(f"{snapshot.owner.name} shows no {snapshot.path}")
        yield page
        if len(page) < PAGE:
            return
        after = page[-1][snapshot.key]


async def _behind(reader: Reader, snapshot: Snapshot, states: Sequence[State]) -> list[State]:
    """Those of the states that are not known here, or only as they were before."""
    rows = await reader.all(snapshot.versions, keys=[state[snapshot.key] for state in states])
    known = {row.key: row.version for row in rows}
    return [state for state in states if known.get(state[snapshot.key], 0) < state["version"]]


async def _brought_what_they_hold(streams: Sequence[DurablePull]) -> None:
    try:
        async with asyncio.timeout(PATIENCE_WITH_STREAMS):
            for pull in streams:
                if pull.stream.last_per_subject:
                    await pull.caught_up.wait()
    except TimeoutError:
        pass
