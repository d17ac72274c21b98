"""Notice what did not come, and fetch it: gaps in a ticket's versions, tickets never heard of, missed deletions.

Any replica may do any of it, and two may do the same: what is stored twice is stored once.
"""

import asyncio
import logging
import time
from datetime import datetime, timedelta
from urllib.parse import urlencode

import psycopg
from prometheus_client import Gauge
from psycopg_pool import PoolTimeout

from audit.usecases.note_heads import Head, compared_until, keep_compared, note_heads
from audit.usecases.pull_ticket import pull_ticket
from common.database import Row, query
from common.peers import Peer
from common.problems import Unavailable
from common.service import Runtime
from common.tasks import together
from contracts.streams import EVENTS

GAPS = Gauge("audit_gap_versions", "Versions of tickets that are known to exist and did not come within 2 seconds.")

LOOK_SECONDS = 1.0
MEASURE_SECONDS = 5.0
COMPARE_SECONDS = 60.0
RETRY_SECONDS = 5.0
"""Between comparisons while one has failed, or while nothing is heard because NATS is away."""
USUAL_FAILURES = 5
"""So many in a row are tickets starting, or being replaced: nobody need look."""
REPLAY_SECONDS = 300.0
REPLAY_SECONDS_WITHOUT_NATS = 30.0
"""How long the stream may take to bring what it holds before the rest is asked of tickets."""
OVERLAP = timedelta(minutes=5)
"""Comparisons overlap by more than clocks differ and transactions last."""
PAGE = 1000
AT_ONCE = 8
PATIENCE_SECONDS = 5.0

# Taking a gap is a claim for some seconds: replicas share the work, and one that cannot be filled is not asked for
# all the time.
_CLAIM = query(
    """
    UPDATE ticket_heads SET asked_at = clock_timestamp() WHERE ticket_id IN (
        SELECT ticket_id FROM ticket_heads
        WHERE gap_since < clock_timestamp() - interval '2 s'
            AND (asked_at IS NULL OR asked_at < clock_timestamp() - interval '5 s')
        ORDER BY gap_since LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ) RETURNING ticket_id, lower(unheard) - 1 AS heard
    """
)
# Tickets has nothing that would fill it: looking again soon would find the same.
_LEAVE = query("UPDATE ticket_heads SET asked_at = clock_timestamp() + interval '55 s' WHERE ticket_id = %(ticket_id)s")
_GAPS = query(
    """
    SELECT coalesce(sum(upper(missing) - lower(missing)), 0)
    FROM ticket_heads, unnest(unheard * int8multirange(int8range(1, version, '[]'))) AS missing
    WHERE gap_since < clock_timestamp() - interval '2 s'
    """
)
_NOW = query("SELECT clock_timestamp()")
# A message about a deleted ticket that came late and could not be read must not keep words of it.
_FORGET_PURGED = query(
    "DELETE FROM dead_letters letter USING purged_tickets p WHERE letter.aggregate_id = p.ticket_id::text"
)

TRANSIENT = (Unavailable, psycopg.Error, PoolTimeout)

log = logging.getLogger(__name__)


async def reconcile(runtime: Runtime, tickets: Peer) -> None:
    """Until cancelled."""
    await together(_fill_for_ever(runtime, tickets), _compare_for_ever(runtime, tickets), _measure_for_ever(runtime))


async def _fill_for_ever(runtime: Runtime, tickets: Peer) -> None:
    while True:
        try:
            more = await fill_gaps(runtime, tickets)
        except TRANSIENT as error:
            log.warning("reconcile.fill_failed", extra={"reason": repr(error)})
            more = False
        if not more:
            await asyncio.sleep(LOOK_SECONDS)


async def fill_gaps(runtime: Runtime, tickets: Peer) -> bool:
    """Pull what has been missing for more than two seconds. True where there may be more."""
    async with runtime.database.single() as tx:
        claimed = await tx.all(_CLAIM, limit=AT_ONCE)
    if claimed:
        log.info("reconcile.gaps", extra={"tickets": len(claimed)})
    results = await asyncio.gather(*(_pull(runtime, tickets, gap) for gap in claimed))
    return len(claimed) == AT_ONCE and any(results)


async def _pull(runtime: Runtime, tickets: Peer, gap: Row) -> bool:
    try:
        if not await pull_ticket(runtime.database, tickets, gap.ticket_id, after=gap.heard):
            async with runtime.database.single() as tx:
                await tx.execute(_LEAVE, ticket_id=gap.ticket_id)
    except TRANSIENT as error:
        log.warning("reconcile.pull_failed", extra={"ticket": str(gap.ticket_id), "reason": repr(error)})
        return False
    return True


async def _measure_for_ever(runtime: Runtime) -> None:
    while True:
        try:
            async with runtime.database.read() as reader:
                GAPS.set(int(await reader.scalar(_GAPS)))
        except TRANSIENT:
            # The last figure stands until there is another.
            pass
        await asyncio.sleep(MEASURE_SECONDS)


async def _compare_for_ever(runtime: Runtime, tickets: Peer) -> None:
    await _stream_replayed(runtime)
    failures, compared_at = 0, -COMPARE_SECONDS
    while True:
        # NATS may go while this waits; then only comparing tells what happened.
        pause = RETRY_SECONDS if failures or not runtime.bus.is_connected else COMPARE_SECONDS
        if time.monotonic() - compared_at >= pause:
            failures, compared_at = await _compare(runtime, tickets, failures), time.monotonic()
        await asyncio.sleep(LOOK_SECONDS)


async def _compare(runtime: Runtime, tickets: Peer, failures: int) -> int:
    """How often in a row it failed now."""
    try:
        await compare_heads(runtime, tickets)
    except TRANSIENT as error:
        level = logging.INFO if failures < USUAL_FAILURES else logging.WARNING
        log.log(level, "reconcile.compare_failed", extra={"reason": repr(error)})
        return failures + 1
    return 0


async def _stream_replayed(runtime: Runtime) -> None:
    """An empty schema is filled fastest by the stream."""
    events = next(pull for pull in runtime.pulls if pull.stream is EVENTS)
    began = time.monotonic()
    while not events.caught_up.is_set():
        patience = REPLAY_SECONDS if runtime.bus.is_connected else REPLAY_SECONDS_WITHOUT_NATS
        if time.monotonic() - began > patience:
            log.warning("reconcile.replay_is_slow", extra={"seconds": patience})
            return
        await asyncio.sleep(0.25)


async def compare_heads(runtime: Runtime, tickets: Peer) -> None:
    """Ask tickets where every ticket stands that changed since the last comparison; the first time, every ticket."""
    async with runtime.database.transaction() as tx:
        began: datetime = await tx.scalar(_NOW)
        since = await compared_until(tx)
        await tx.execute(_FORGET_PURGED)
    behind, after = 0, ""
    while True:
        asked = {"after": after, "limit": str(PAGE)} | ({"since": (since - OVERLAP).isoformat()} if since else {})
        answer = await tickets.get(f"/internal/heads?{urlencode(asked)}", patience=PATIENCE_SECONDS)
        if answer is None:
            raise Unavailable("tickets does not tell where its tickets stand")
        async with runtime.database.transaction() as tx:
            behind += await note_heads(tx, [Head.from_wire(head) for head in answer["heads"]])
        after = answer["next"]
        if after is None:
            break
    async with runtime.database.transaction() as tx:
        await keep_compared(tx, began)
    if behind:
        log.info("reconcile.behind", extra={"tickets": behind})
