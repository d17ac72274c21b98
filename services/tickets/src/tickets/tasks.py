"""What tickets does beside answering: watch whether what is due is closed."""

import asyncio

from prometheus_client import Gauge
from psycopg import Error as PostgresError
from psycopg_pool import PoolTimeout

from common.database import query
from common.service import Runtime

OLDEST_DUE = Gauge(
    "auto_close_oldest_due_s", "Seconds for which the oldest resolved ticket should have been closed; 0: none is due."
)
MEASURE_SECONDS = 5.0

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
