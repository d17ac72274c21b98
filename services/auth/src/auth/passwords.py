"""Passwords: Argon2id in a small pool that says "too many" rather than letting everything else wait."""

import asyncio
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from prometheus_client import Gauge

from common.problems import TooMany

T = TypeVar("T")

QUEUE = Gauge("argon2_queue", "Passwords that wait to be hashed or are being hashed.")
THREADS = 2
LONGEST_QUEUE = 20

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class Passwords:
    """Hashes and verifies in threads of its own. Above 20 waiting: `TooMany`."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._waiting = 0
        # Made at the start, so that not even the first unknown name takes longer than a known one.
        self._nobodys = _HASHER.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        return await self._run(_HASHER.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the one. Without a hash it takes as long, and is never."""
        matches = await self._run(_matches, password_hash or self._nobodys, password)
        return matches and password_hash is not None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[..., T], *arguments: str) -> T:
        if self._waiting >= LONGEST_QUEUE:
            raise TooMany("Too many people are signing in at this moment.")
        self._waiting += 1
        QUEUE.set(self._waiting)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._waiting -= 1
            QUEUE.set(self._waiting)


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
