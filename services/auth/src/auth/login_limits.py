"""Limits on failed logins, and only on those: a whole office may share one address.

An address has 30 failures a minute. A user name from one address backs off after 3 failures, from 1 s doubling to 60 s,
and is forgiven after 15 minutes; so strangers elsewhere cannot lock anybody out. Kept in Redis for all replicas; while
Redis is away, each replica keeps its own.
"""

import hashlib
import logging
import math
import time
from collections import OrderedDict

from redis.asyncio import Redis
from redis.exceptions import RedisError

from common.problems import TooMany

ADDRESS_FAILURES = 30
ADDRESS_SECONDS = 60
FREE_FAILURES = 3
LONGEST_BACKOFF = 60
FORGIVEN_SECONDS = 15 * 60

log = logging.getLogger(__name__)


class LoginLimits:
    """Ask `check` before a password is verified, tell `failed` or `succeeded` after."""

    def __init__(self, redis_url: str) -> None:
        self._redis = (
            Redis.from_url(redis_url, socket_timeout=0.3, socket_connect_timeout=0.3, decode_responses=True)
            if redis_url
            else None
        )
        self._local: OrderedDict[str, tuple[int, float]] = OrderedDict()

    async def check(self, username: str, address: str) -> None:
        """`TooMany` with the seconds to wait."""
        failures, age = await self._read(_by_address(address), ADDRESS_SECONDS)
        if failures >= ADDRESS_FAILURES:
            raise TooMany(
                "Too many failed logins from this address.", retry_after=max(1, math.ceil(ADDRESS_SECONDS - age))
            )
        failures, age = await self._read(_by_name(username, address), FORGIVEN_SECONDS)
        wait = backoff(failures) - age
        if wait > 0:
            raise TooMany("Too many failed logins for this user name.", retry_after=math.ceil(wait))

    async def failed(self, username: str, address: str) -> None:
        await self._count(_by_address(address), ADDRESS_SECONDS, restart=False)
        await self._count(_by_name(username, address), FORGIVEN_SECONDS, restart=True)

    async def succeeded(self, username: str, address: str) -> None:
        key = _by_name(username, address)
        self._local.pop(key, None)
        if self._redis is not None:
            try:
                await self._redis.delete(key)
            except (RedisError, OSError):
                log.warning("login_limits.redis_away")

    async def close(self) -> None:
        if self._redis is not None:
            await self._redis.aclose()

    async def _read(self, key: str, seconds: int) -> tuple[int, float]:
        """Failures under this key, and the seconds since the last one was counted (or since the count began)."""
        if self._redis is not None:
            try:
                counted, began = await self._redis.hmget(key, "count", "since")
                return int(counted or 0), time.time() - float(began or 0)
            except (RedisError, OSError):
                log.warning("login_limits.redis_away")
        count, since = self._local.get(key, (0, 0.0))
        age = time.time() - since
        return (count, age) if age < seconds else (0, age)

    async def _count(self, key: str, seconds: int, *, restart: bool) -> None:
        """One more. `restart` measures from the last failure, otherwise from the first."""
        now = time.time()
        if self._redis is not None:
            try:
                async with self._redis.pipeline(transaction=True) as pipe:
                    pipe.hincrby(key, "count", 1)
                    pipe.hset(key, "since", str(now)) if restart else pipe.hsetnx(key, "since", str(now))
                    pipe.expire(key, seconds, nx=not restart)
                    await pipe.execute()
                return
            except (RedisError, OSError):
                log.warning("login_limits.redis_away")
        count, since = self._local.get(key, (0, now))
        if now - since >= seconds:
            count, since = 0, now
        self._local[key] = (count + 1, now if restart else since)
        if len(self._local) > 10_000:
            self._local.popitem(last=False)


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return 0.0 if failures < FREE_FAILURES else float(min(LONGEST_BACKOFF, 2 ** (failures - FREE_FAILURES)))


def _by_address(address: str) -> str:
    return f"login:address:{address}"


def _by_name(username: str, address: str) -> str:
    return f"login:name:{hashlib.sha256(username.lower().encode()).hexdigest()}:{address}"
