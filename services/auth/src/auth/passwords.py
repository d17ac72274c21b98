"""Passwords: Argon2id in a small pool that says "too many" rather than letting everything else wait."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from prometheus_client import Gauge

from common.problems import TooMany

T = TypeVar("T")

QUEUE = Gauge("argon2_queue", "Passwords that wait to be hashed or are being hashed.")
THREADS = 2
LONGEST_QUEUE = 20

SHORTEST = 12
LONGEST = 1024
COMMON = frozenset(
    """
    000000000000 111111111111 123456789012 1234567890123 1q2w3e4r5t6y abc123abc123 abcdefghijkl admin1234567
    adminadminadmin administrator baseball1234 changeme1234 changemechangeme dragondragon football1234
    iloveyou1234 letmeinletmein monkeymonkey passw0rd1234 password1234 password12345 passwordpassword
    princess1234 qwerty123456 qwertyqwerty qwertyuiopas sunshine1234 ticketing1234 trustno1trustno1 welcome12345
    zaq12wsxcde3
    """.split()  # noqa: SIM905  words in lines read better than a hundred quotes
)

_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class Passwords:
    """Hashes and verifies in threads of its own. Above 20 waiting: `TooMany`."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="argon2")
        self._waiting = 0

    async def hash(self, password: str) -> str:
        return await self._run(_HASHER.hash, password)

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Whether the password is the one. Without a hash it takes as long, and is never."""
        matches = await self._run(_matches, password_hash or _dummy(), password)
        return matches and password_hash is not None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[..., T], *arguments: str) -> T:
        if self._waiting >= LONGEST_QUEUE:
            raise TooMany("Too many people are signing in at this moment. Try again in a second.")
        self._waiting += 1
        QUEUE.set(self._waiting)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)
        finally:
            self._waiting -= 1
            QUEUE.set(self._waiting)


def weakness(password: str, *, username: str, email: str) -> str | None:
    """Why this must not be a new password, or None."""
    if len(password) < SHORTEST:
        return f"must have at least {SHORTEST} characters"
    if len(password) > LONGEST:
        return f"must have at most {LONGEST} characters"
    lowered = password.lower()
    if lowered in COMMON or len(set(lowered)) < 4:
        return "is one of the first that somebody would guess; choose another"
    if lowered in {username.lower(), email.lower()} or (len(username) >= 6 and lowered.startswith(username.lower())):
        return "must not be made of the user name or the e-mail address"
    return None


@lru_cache(maxsize=1)
def _dummy() -> str:
    return _HASHER.hash("nobody's password")


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password)
    except (VerifyMismatchError, InvalidHashError):
        return False
