"""Background work ends when it is told to, once, whatever it waits for."""

import asyncio

import pytest

from common.tasks import together

pytestmark = pytest.mark.anyio


async def _deaf_once(ended: list[str]) -> None:
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        # As asyncio.wait_for does when its answer arrives in the same moment.
        pass
    try:
        await asyncio.Event().wait()
    finally:
        ended.append("deaf")


async def test_a_lost_cancellation_is_repeated() -> None:
    ended: list[str] = []
    running = asyncio.create_task(together(_deaf_once(ended)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.wait([running], timeout=2)
    assert ended == ["deaf"]
    assert running.cancelled()


async def test_when_one_fails_the_other_ends_too() -> None:
    ended: list[str] = []

    async def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await together(_deaf_once(ended), fail())
    assert ended == ["deaf"]
