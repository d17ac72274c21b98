"""What several ask for at one moment is done together, and nobody pays for another's fault."""

import asyncio
from collections.abc import Sequence

import pytest
from psycopg import OperationalError
from psycopg.errors import DataError

from common import batches as module
from common.batches import AT_MOST, MAX_WAITING, Batches
from common.logs import request_id
from common.problems import Unavailable

pytestmark = pytest.mark.anyio


class Doubling:
    """Doubles numbers, once it is let; notes which came together."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.may_go_on = asyncio.Event()

    async def __call__(self, asked: Sequence[int]) -> list[int | Exception]:
        self.batches.append(list(asked))
        await self.may_go_on.wait()
        if 13 in asked:
            raise DataError("thirteen")
        if 0 in asked:
            raise OperationalError("the connection is lost")
        return [KeyError(number) if number < 0 else 2 * number for number in asked]


async def _asked(batches: Batches[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    """Tasks that have asked, in this order."""
    tasks = [asyncio.create_task(batches.ask(number)) for number in numbers]
    for _ in range(3):
        await asyncio.sleep(0)
    return tasks


async def _all(double: Doubling, *tasks: asyncio.Task[int]) -> list[int | BaseException]:
    double.may_go_on.set()
    async with asyncio.timeout(5):
        return await asyncio.gather(*tasks, return_exceptions=True)


async def test_who_is_alone_waits_for_nobody_and_the_next_gather_meanwhile() -> None:
    double = Doubling()
    batches = Batches(double)
    first = await _asked(batches, 1)
    assert double.batches == [[1]]
    rest = await _asked(batches, 2, 3, 4)
    assert await _all(double, *first, *rest) == [2, 4, 6, 8]
    assert double.batches == [[1], [2, 3, 4]]
    assert await batches.ask(5) == 10


async def test_a_batch_is_no_longer_than_it_may_be() -> None:
    double = Doubling()
    await _all(double, *await _asked(Batches(double), *range(20, 20 + 2 * AT_MOST + 1)))
    assert [len(batch) for batch in double.batches] == [AT_MOST, AT_MOST, 1]


async def test_what_one_is_told_is_told_to_nobody_else() -> None:
    double = Doubling()
    batches = Batches(double)
    told = await _all(double, *await _asked(batches, 1), *await _asked(batches, 2, -3, 4))
    assert (told[0], told[1], told[3]) == (2, 4, 8)
    assert isinstance(told[2], KeyError)


async def test_what_the_database_refuses_is_done_apart() -> None:
    double = Doubling()
    batches = Batches(double)
    told = await _all(double, *await _asked(batches, 1), *await _asked(batches, 12, 13, 14))
    assert (told[0], told[1], told[3]) == (2, 24, 28)
    assert isinstance(told[2], DataError)


async def test_what_nobody_knows_the_end_of_is_not_repeated() -> None:
    """The connection broke: they may all have been written."""
    double = Doubling()
    batches = Batches(double)
    told = await _all(double, *await _asked(batches, 1), *await _asked(batches, 2, 0, 3))
    assert [type(each) for each in told] == [int, *[OperationalError] * 3]
    assert double.batches == [[1], [2, 0, 3]]
    assert await batches.ask(4) == 8


async def test_who_gave_up_before_it_began_is_left_out() -> None:
    double = Doubling()
    batches = Batches(double)
    first = await _asked(batches, 1)
    second, third = await _asked(batches, 2, 3)
    second.cancel()
    told = await _all(double, *first, second, third)
    assert (told[0], told[2]) == (2, 6)
    assert isinstance(told[1], asyncio.CancelledError)
    assert double.batches == [[1], [3]]


async def test_who_has_waited_too_long_is_told_and_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    double = Doubling()
    batches = Batches(double)
    begun, *waiting = await _asked(batches, 1, *range(20, 20 + AT_MOST))
    (late,) = waiting[-1:]
    await asyncio.wait([late], timeout=5)
    assert isinstance(late.exception(), Unavailable)
    assert not begun.done()
    assert (await _all(double, begun))[0] == 2
    assert double.batches == [[1, *range(20, 20 + AT_MOST - 1)]]


async def test_where_too_many_wait_the_next_is_told_at_once() -> None:
    double = Doubling()
    batches = Batches(double)
    begun = await _asked(batches, 1)
    waiting = await _asked(batches, *range(20, 20 + MAX_WAITING))
    with pytest.raises(Unavailable):
        await batches.ask(5)
    assert await _all(double, *begun, *waiting) == [2, *range(40, 40 + 2 * MAX_WAITING, 2)]


async def test_it_works_in_nobodys_context() -> None:
    """It goes on for others when the request that began it has long been answered."""
    seen: list[str | None] = []

    async def look(asked: Sequence[int]) -> list[int | Exception]:
        seen.append(request_id.get())
        return [*asked]

    request_id.set("the first request")
    assert await Batches(look).ask(1) == 1
    assert seen == [None]
