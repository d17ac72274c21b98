"""Counts that are forgotten after a while: in Redis for all replicas, or in this process."""

import time
from collections import OrderedDict
from typing import Protocol

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

REDIS_SECONDS = 0.3
MOST_IN_MEMORY = 10_000


class FailureCounts(Protocol):
    async def read(self, key: str) -> tuple[int, float]:
        """The count, and the seconds until it is forgotten; (0, 0) for none."""

    async def add(self, key: str, seconds: float, *, restart: bool) -> int:
        """One more; the new count. It is forgotten `seconds` after the first, or with `restart` after the last."""

    async def forget(self, *keys: str) -> None: ...


class InRedis:
    """Redis measures the time, so that the replicas' clocks may differ."""

    def __init__(self, url: str) -> None:
        # Without retries: somebody is waiting, and memory is the better answer than a long wait.
        self._redis = Redis.from_url(
            url,
            socket_timeout=REDIS_SECONDS,
            socket_connect_timeout=REDIS_SECONDS,
            retry=Retry(NoBackoff(), 0),
            decode_responses=True,
        )

    async def read(self, key: str) -> tuple[int, float]:
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.get(key)
            pipe.pttl(key)
            count, milliseconds = await pipe.execute()
        return int(count or 0), max(0, milliseconds) / 1000

    async def add(self, key: str, seconds: float, *, restart: bool) -> int:
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.incr(key)
            pipe.pexpire(key, round(seconds * 1000), nx=not restart)
            count, _ = await pipe.execute()
        return int(count)

    async def forget(self, *keys: str) -> None:
        await self._redis.delete(*keys)

    async def close(self) -> None:
        await self._redis.aclose()


class InMemory:
    """The oldest are forgotten early where there are more than 10,000."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, tuple[int, float]] = OrderedDict()

    async def read(self, key: str) -> tuple[int, float]:
        count, until = self._counts.get(key, (0, 0.0))
        left = until - time.monotonic()
        return (count, left) if left > 0 else (0, 0.0)

    async def add(self, key: str, seconds: float, *, restart: bool) -> int:
        count, left = await self.read(key)
        self._counts[key] = (count + 1, time.monotonic() + (seconds if restart or not count else left))
        self._counts.move_to_end(key)
        if len(self._counts) > MOST_IN_MEMORY:
            self._counts.popitem(last=False)
        return count + 1

    async def forget(self, *keys: str) -> None:
        for key in keys:
            self._counts.pop(key, None)
