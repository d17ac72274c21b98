"""The bus seen from outside: put anything on it, read everything that is on it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import nats
import orjson
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from common.bus import hang_up
from common.streams import Stream


@dataclass(frozen=True, slots=True)
class Message:
    subject: str
    body: bytes
    seq: int

    @property
    def key(self) -> tuple[str, int]:
        """Aggregate and version."""
        event = orjson.loads(self.body)
        return event["subject"], event["aggregateversion"]


class Outsider:
    """A connection with every permission."""

    def __init__(self, connection: Client) -> None:
        self.connection = connection
        self.js: JetStreamContext = connection.jetstream(timeout=5)

    async def publish(self, subject: str, *bodies: bytes) -> None:
        for body in bodies:
            await self.js.publish(subject, body)

    async def messages(self, stream: Stream) -> list[Message]:
        """All messages of the stream, in its order."""
        config = ConsumerConfig(
            deliver_policy=DeliverPolicy.ALL,
            # Nothing is acknowledged: NATS would hold back all behind the first thousand that wait for it.
            ack_policy=AckPolicy.NONE,
            inactive_threshold=30,
        )
        pull = await self.js.pull_subscribe(">", stream=stream.name, config=config)
        found: list[Message] = []
        # Asked anew each time: of states the older go while the newer come.
        while left := (await pull.consumer_info()).num_pending:
            batch = await pull.fetch(min(200, left), timeout=5)
            found += [Message(each.subject, each.data, each.metadata.sequence.stream) for each in batch]
        await pull.unsubscribe()
        return found

    async def forget_everything(self) -> None:
        for info in await self.js.streams_info():
            await self.js.delete_stream(str(info.config.name))


@asynccontextmanager
async def outsider(url: str) -> AsyncIterator[Outsider]:
    connection = await nats.connect(url, max_reconnect_attempts=-1, reconnect_time_wait=0.1)
    try:
        yield Outsider(connection)
    finally:
        await hang_up(connection)
