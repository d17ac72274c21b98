"""Limits on failed logins: who has to wait, for how long, and who must not."""

import pytest

from auth import failure_counts
from auth.failure_counts import MOST_IN_MEMORY, InMemory
from auth.login_limits import ADDRESS_FAILURES, LoginLimits, backoff
from common.problems import TooMany

pytestmark = pytest.mark.anyio

HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(failure_counts, "time", clock)
    return clock


async def fail(limits: LoginLimits, times: int, username: str = "jane", address: str = HERE) -> None:
    for _ in range(times):
        await limits.failed(username, address)


async def seconds_to_wait(limits: LoginLimits, username: str = "jane", address: str = HERE) -> int:
    try:
        await limits.check(username, address)
    except TooMany as problem:
        return int(problem.headers["Retry-After"])
    return 0


def test_the_wait_begins_after_3_failures_and_doubles_up_to_a_minute() -> None:
    assert [backoff(failures) for failures in range(12)] == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]
    assert backoff(10_000) == 60


async def test_two_mistakes_cost_nothing(clock: Clock) -> None:
    limits = LoginLimits("")
    await fail(limits, 2)
    assert await seconds_to_wait(limits) == 0


async def test_the_name_waits_and_may_then_try_again(clock: Clock) -> None:
    limits = LoginLimits("")
    await fail(limits, 5)
    assert await seconds_to_wait(limits) == 4
    clock.now += 3.9
    assert await seconds_to_wait(limits) == 1
    clock.now += 0.2
    assert await seconds_to_wait(limits) == 0


async def test_case_makes_no_other_name(clock: Clock) -> None:
    limits = LoginLimits("")
    await fail(limits, 3, username="Jane")
    assert await seconds_to_wait(limits, "jANE") == 1


async def test_strangers_elsewhere_cannot_lock_anybody_out(clock: Clock) -> None:
    limits = LoginLimits("")
    await fail(limits, 29, address=ELSEWHERE)
    assert await seconds_to_wait(limits, address=ELSEWHERE) == 60
    assert await seconds_to_wait(limits, address=HERE) == 0


async def test_a_colleague_at_the_same_address_is_not_held_up(clock: Clock) -> None:
    limits = LoginLimits("")
    await fail(limits, 10)
    assert await seconds_to_wait(limits, "john") == 0


async def test_success_forgives(clock: Clock) -> None:
    limits = LoginLimits("")
    await fail(limits, 6)
    await limits.succeeded("jane", HERE)
    assert await seconds_to_wait(limits) == 0
    await fail(limits, 2)
    assert await seconds_to_wait(limits) == 0


async def test_after_15_minutes_it_is_forgotten(clock: Clock) -> None:
    limits = LoginLimits("")
    await fail(limits, 8)
    clock.now += 15 * 60 + 1
    await fail(limits, 1)
    assert await seconds_to_wait(limits) == 0


async def test_an_address_has_30_failures_a_minute_whatever_the_names(clock: Clock) -> None:
    limits = LoginLimits("")
    for number in range(ADDRESS_FAILURES):
        assert await seconds_to_wait(limits, f"user{number}") == 0
        await fail(limits, 1, username=f"user{number}")
    assert await seconds_to_wait(limits, "somebody else") == 60
    clock.now += 61
    assert await seconds_to_wait(limits, "somebody else") == 0


async def test_a_minute_begins_with_its_first_failure(clock: Clock) -> None:
    limits = LoginLimits("")
    for number in range(ADDRESS_FAILURES):
        await fail(limits, 1, username=f"user{number}")
        clock.now += 1
    assert await seconds_to_wait(limits, "somebody else") == 30


async def test_without_redis_it_counts_in_memory() -> None:
    limits = LoginLimits("redis://127.0.0.1:1/0")
    await fail(limits, 3)
    assert await seconds_to_wait(limits) == 1
    await limits.succeeded("jane", HERE)
    assert await seconds_to_wait(limits) == 0
    await limits.close()


async def test_memory_is_bounded(clock: Clock) -> None:
    counts = InMemory()
    for number in range(MOST_IN_MEMORY + 1):
        await counts.add(f"key {number}", 60, restart=True)
    assert await counts.read("key 0") == (0, 0)
    assert (await counts.read(f"key {MOST_IN_MEMORY}"))[0] == 1
