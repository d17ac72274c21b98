"""Do together what several ask for at one moment: while one batch is under way, the next gathers.

    creations = Batches(create_all)             # async def create_all(asked: Sequence[A]) -> Sequence[B | Exception]
    done = await creations.ask(one)             # what `create_all` returned for it; an exception in its place is raised

Who asks alone waits for nobody. Under load a batch is as long as what gathered, and its round trips, its transaction
and its flush to disk are shared (`docs/adr/0026-written-together.md`).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from typing import Generic, TypeVar

from psycopg.errors import DataError, IntegrityError

from common.problems import Unavailable

AT_MOST = 32
MAX_WAITING = 200
PATIENCE = 4.0
"""Seconds until its batch must have begun: with what that may take, there is an answer before the gateway gives up."""

Asked = TypeVar("Asked")
Done = TypeVar("Done")


class _Waiting(Generic[Asked, Done]):
    """One that was asked for, until its batch begins."""

    __slots__ = ("answer", "asked")

    def __init__(self, asked: Asked, answer: asyncio.Future[Done]) -> None:
        self.asked = asked
        self.answer = answer


class Batches(Generic[Asked, Done]):
    """One batch at a time, in the order of asking. `do` must not wait for anything one of them could hold up.

    Where PostgreSQL refuses a batch for what one of them holds, each is done by itself: nobody fails for another's
    fault. Any other failure is everybody's, for nobody knows what was done.
    """

    def __init__(self, do: Callable[[Sequence[Asked]], Awaitable[Sequence[Done | Exception]]]) -> None:
        self._do = do
        self._waiting: deque[_Waiting[Asked, Done]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def ask(self, asked: Asked) -> Done:
        """What comes of it. `Unavailable` where too many wait, or it has waited too long: then it is left out for good.

        What has begun is done, also if nobody waits for it any longer.
        """
        if len(self._waiting) >= MAX_WAITING:
            raise _too_many()
        loop = asyncio.get_running_loop()
        waiting: _Waiting[Asked, Done] = _Waiting(asked, loop.create_future())
        self._waiting.append(waiting)
        if self._task is None:
            # In a context of its own: it works for many requests.
            self._task = asyncio.create_task(self._work(), context=Context())
        overdue = loop.call_later(PATIENCE, self._give_up, waiting)
        try:
            return await waiting.answer
        finally:
            overdue.cancel()

    def _give_up(self, waiting: _Waiting[Asked, Done]) -> None:
        if waiting in self._waiting and not waiting.answer.done():
            waiting.answer.set_exception(_too_many())

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(AT_MOST, len(self._waiting)))]
                if batch := [each for each in batch if not each.answer.done()]:
                    _tell(batch, await self._results([each.asked for each in batch]))
        finally:
            self._task = None

    async def _results(self, batch: Sequence[Asked]) -> Sequence[Done | Exception]:
        try:
            return await self._do(batch)
        except (DataError, IntegrityError) as error:
            if len(batch) == 1:
                return [error]
        except Exception as error:  # noqa: BLE001 - it is raised again where it was asked for
            return [error] * len(batch)
        return [done for each in batch for done in await self._results([each])]


def _tell(batch: Sequence[_Waiting[Asked, Done]], results: Sequence[Done | Exception]) -> None:
    for waiting, done in zip(batch, results, strict=True):
        if waiting.answer.done():
            continue
        if isinstance(done, Exception):
            waiting.answer.set_exception(done)
        else:
            waiting.answer.set_result(done)


def _too_many() -> Unavailable:
    return Unavailable("Too many requests want to write at once. Nothing was changed; try again.")
