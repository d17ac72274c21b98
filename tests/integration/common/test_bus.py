"""The bus comes up when NATS does, comes back when NATS does, and never stops who uses it."""

import asyncio

import pytest
from nats.aio.msg import Msg

from common.bus import Bus, Disconnected
from integration.common import things
from support.bus import Outsider
from support.eventually import eventually
from support.servers import Nats

pytestmark = pytest.mark.anyio


async def test_without_nats_it_starts_drops_and_closes(nats: Nats) -> None:
    nats.kill()
    bus = Bus(nats.url("writer"), name="writer")
    async with asyncio.timeout(4):
        await bus.start()
        await bus.publish("wake.writer")
        with pytest.raises(Disconnected):
            _ = bus.js
        await bus.close()


async def test_a_subscription_outlives_the_server(nats: Nats, eve: Outsider) -> None:
    got: list[bytes] = []

    async def note(message: Msg) -> None:
        got.append(message.data)

    async with things.on_bus(nats.url("reader"), "reader") as bus:
        await bus.subscribe("wake.writer", note)
        await bus.connected()

        async def heard() -> bool:
            await eve.connection.publish("wake.writer", b"ping")
            return bool(got)

        await eventually(heard)
        nats.kill()

        async def away() -> bool:
            return not bus.is_connected

        await eventually(away)
        got.clear()
        nats.start()
        await eventually(heard)


async def test_a_password_that_was_wrong_for_a_while_is_no_end(nats: Nats) -> None:
    async with things.on_bus(nats.url("writer"), "writer") as bus:
        await bus.connected()
        epoch = bus.epoch
        with nats.refusing("writer"):
            # Long enough for several refusals.
            await asyncio.sleep(1.5)
            assert not bus.is_connected
        async with asyncio.timeout(10):
            await bus.connected()
        assert bus.epoch > epoch
        await bus.connection.flush()
