"""Background work that ends when it is told to."""

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any


async def together(*work: Coroutine[Any, Any, None]) -> None:
    """Run several loops side by side until this is cancelled or one of them fails; then all have ended."""
    tasks = [asyncio.create_task(each) for each in work]
    try:
        # Not gather: cancelled, it would wait for tasks that did not notice.
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
    finally:
        await end(tasks)


async def end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel the tasks until they have ended.

    Once is not enough: `asyncio.wait_for` (before Python 3.12) forgets a cancellation that comes in the same moment as
    what it waits for, and nats-py turns some into errors of its own.
    """
    running = {task for task in tasks if not task.done()}
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=0.2)
