"""Do together what several ask for at one moment: while one batch is under way, the next gathers.

    creations = Batches(create_all)             # async def create_all(asked: Sequence[A]) -> Sequence[B | Exception]
    done = await creations.ask(one)             # what `create_all` returned for it; an exception in its place is raised

Who asks alone waits for nobody. Under load a batch is as long as what gathered, and its round trips, its transaction
and its flush to disk are shared (`docs/adr/0026-written-together.md`).
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

from psycopg.errors import DataError, IntegrityError, LockNotAvailable

AT_MOST = 32

Asked = TypeVar("Asked")
Done = TypeVar("Done")


class Batches(Generic[Asked, Done]):
    """One batch at a time, in the order of asking.

    Where PostgreSQL refuses a batch for what one of them holds, each is done by itself: nobody fails for another's
    fault. Any other failure is everybody's, for nobody knows what was done.
    """

    def __init__(self, do: Callable[[Sequence[Asked]], Awaitable[Sequence[Done | Exception]]]) -> None:
        self._do = do
        self._waiting: deque[tuple[Asked, asyncio.Future[Done]]] = deque()
        self._task: asyncio.Task[None] | None = None

    async def ask(self, one: Asked) -> Done:
        """What comes of it. Who gives up while it waits is left out; in a batch that began it is done all the same."""
        answer: asyncio.Future[Done] = asyncio.get_running_loop().create_future()
        self._waiting.append((one, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._work())
        return await answer

    async def _work(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(AT_MOST, len(self._waiting)))]
                batch = [(one, answer) for one, answer in batch if not answer.done()]
                if batch:
                    for (_, answer), done in zip(batch, await self._results([one for one, _ in batch]), strict=True):
                        if answer.done():
                            continue
                        if isinstance(done, Exception):
                            answer.set_exception(done)
                        else:
                            answer.set_result(done)
        finally:
            self._task = None

    async def _results(self, batch: Sequence[Asked]) -> Sequence[Done | Exception]:
        try:
            return await self._do(batch)
        except (DataError, IntegrityError, LockNotAvailable) as error:
            if len(batch) == 1:
                return [error]
        except Exception as error:  # noqa: BLE001 - it is raised again where it was asked for
            return [error] * len(batch)
        return [done for one in batch for done in await self._results([one])]
