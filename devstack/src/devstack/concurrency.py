"""Many small jobs, a few at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")


async def mapped(function: Callable[[T], Awaitable[R]], arguments: Iterable[T], *, at_once: int) -> list[R]:
    """The results in the order of the arguments. The first failure stops the rest and rises as it is."""
    turns = asyncio.Semaphore(at_once)

    async def in_turn(argument: T) -> R:
        async with turns:
            return await function(argument)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(in_turn(argument)) for argument in arguments]
    except BaseExceptionGroup as failures:
        raise failures.exceptions[0] from None
    return [task.result() for task in tasks]
