"""Limits on failed logins, and only on those: a whole office may share one address.

An address has 30 failures a minute. A user name from one address backs off after 3 failures, from 1 s doubling to 60 s,
and is forgiven after 15 minutes; so strangers elsewhere cannot lock anybody out. Kept in Redis for all replicas; while
Redis is away each replica keeps its own, and only tries Redis again every few seconds.
"""

import hashlib
import logging
import math
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from redis.exceptions import RedisError

from auth.failure_counts import FailureCounts, InMemory, InRedis
from common.problems import TooMany

ADDRESS_FAILURES = 30
ADDRESS_SECONDS = 60
FREE_FAILURES = 3
LONGEST_BACKOFF = 60
FORGIVEN_SECONDS = 15 * 60
LEFT_ALONE_SECONDS = 5.0

T = TypeVar("T")

log = logging.getLogger(__name__)


class LoginLimits:
    """Ask `check` before a password is verified, tell `failed` or `succeeded` after."""

    def __init__(self, redis_url: str) -> None:
        self._here = InMemory()
        self._shared = InRedis(redis_url) if redis_url else None
        self._left_alone_until = 0.0

    async def check(self, username: str, address: str) -> None:
        """`TooMany` with the seconds to wait."""
        failures, left = await self._ask(lambda counts: counts.read(_from(address)))
        if failures >= ADDRESS_FAILURES:
            raise TooMany("Too many failed logins from this address.", retry_after=_whole(left))
        _, left = await self._ask(lambda counts: counts.read(_waits(username, address)))
        if left > 0:
            raise TooMany("Too many failed logins for this user name.", retry_after=_whole(left))

    async def failed(self, username: str, address: str) -> None:
        await self._ask(lambda counts: counts.add(_from(address), ADDRESS_SECONDS, restart=False))
        named = _named(username, address)
        failures = await self._ask(lambda counts: counts.add(named, FORGIVEN_SECONDS, restart=True))
        if (wait := backoff(failures)) > 0:
            await self._ask(lambda counts: counts.add(_waits(username, address), wait, restart=True))

    async def succeeded(self, username: str, address: str) -> None:
        keys = (_named(username, address), _waits(username, address))
        await self._here.forget(*keys)
        await self._ask(lambda counts: counts.forget(*keys))

    async def close(self) -> None:
        if self._shared is not None:
            await self._shared.close()

    async def _ask(self, question: Callable[[FailureCounts], Awaitable[T]]) -> T:
        if self._shared is not None and time.monotonic() >= self._left_alone_until:
            try:
                return await question(self._shared)
            except (RedisError, OSError) as error:
                self._left_alone_until = time.monotonic() + LEFT_ALONE_SECONDS
                log.warning("login_limits.redis_away", extra={"reason": str(error)})
        return await question(self._here)


def backoff(failures: int) -> float:
    """Seconds to wait after so many failures in a row."""
    return 0.0 if failures < FREE_FAILURES else float(min(LONGEST_BACKOFF, 2 ** (failures - FREE_FAILURES)))


def _whole(seconds: float) -> int:
    return max(1, math.ceil(seconds))


def _from(address: str) -> str:
    return f"login:from:{address}"


def _named(username: str, address: str) -> str:
    # A hash: people type passwords into the wrong field, and names can be long.
    return f"login:named:{hashlib.sha256(username.casefold().encode()).hexdigest()}:{address}"


def _waits(username: str, address: str) -> str:
    return f"{_named(username, address)}:waits"
