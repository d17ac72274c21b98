"""What tickets does beside answering: unassign those who are gone, and watch whether what is due is closed."""

import asyncio
import logging
from functools import partial

from prometheus_client import Gauge
from psycopg import Error as PostgresError
from psycopg_pool import PoolTimeout

from common.database import query
from common.service import Runtime
from tickets.usecases.unassign_deleted import unassign_some
from tickets.usecases.written import WAKE, announce

OLDEST_DUE = Gauge(
    "auto_close_oldest_due_s", "Seconds for which the oldest resolved ticket should have been closed; 0: none is due."
)
MEASURE_SECONDS = 5.0
LOOK_SECONDS = 0.5

log = logging.getLogger(__name__)

_OLDEST_DUE = query(
    """
    SELECT greatest(coalesce(extract(epoch FROM clock_timestamp() - min(auto_close_at)), 0), 0)::float8
    FROM tickets WHERE auto_close_at IS NOT NULL
    """
)


async def measure_overdue(runtime: Runtime) -> None:
    """Until cancelled."""
    while True:
        try:
            async with runtime.database.read() as reader:
                OLDEST_DUE.set(await reader.scalar(_OLDEST_DUE))
        except (PostgresError, PoolTimeout):
            # The last figure stands until there is another.
            pass
        await asyncio.sleep(MEASURE_SECONDS)


async def unassign_departed(runtime: Runtime) -> None:
    """Until cancelled."""
    tell = partial(announce, runtime.bus)
    while True:
        try:
            while await unassign_some(runtime.database, tell) is not None:
                await runtime.bus.tell_replicas(WAKE)
        except (PostgresError, PoolTimeout) as error:
            # A ticket that somebody holds for long, or a database that is away: what is noted stays noted.
            log.warning("departure.waits", extra={"reason": str(error)[:200]})
        await asyncio.sleep(LOOK_SECONDS)
