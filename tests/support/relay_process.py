"""A relay in a process of its own, to be paused or killed: `python -m support.relay_process DB SCHEMA NATS IDLE`."""

import asyncio
import sys

from common import relay
from integration.common import things


async def main(database_url: str, schema: str, nats_url: str, idle_session: str) -> None:
    relay.IDLE_SESSION = idle_session
    async with things.opened(database_url, schema) as database, things.on_bus(nats_url, "writer") as bus:
        await things.relay_of(database, bus).run()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
