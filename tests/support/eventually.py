"""Waiting for what must come true, instead of sleeping."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

import httpx
import psycopg
from nats.errors import Error as NatsError

T = TypeVar("T")

PAUSE = 0.02


NOT_YET = (AssertionError, LookupError, OSError, httpx.TransportError, psycopg.OperationalError, NatsError)
"""A probe that asserts, or whose server does not answer, has not come true yet."""


async def eventually(probe: Callable[[], Awaitable[T]], *, within: float = 10.0) -> T:
    """Ask until the answer is true, and return it. `AssertionError` with the last answer after `within` seconds."""
    deadline = time.monotonic() + within
    last: object = None
    while True:
        try:
            answer = await probe()
        except NOT_YET as error:
            last = error
        else:
            if answer:
                return answer
            last = answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not true within {within} s; last: {last!r}")
        await asyncio.sleep(PAUSE)


def soon(probe: Callable[[], T | None], *, within: float = 10.0) -> T:
    """`eventually` for tests that are not coroutines; the probe may run one."""
    deadline = time.monotonic() + within
    last: object = None
    while True:
        try:
            answer = probe()
        except NOT_YET as error:
            last = error
        else:
            if answer:
                return answer
            last = answer
        if time.monotonic() > deadline:
            raise AssertionError(f"not true within {within} s; last: {last!r}")
        time.sleep(PAUSE)
