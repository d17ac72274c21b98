"""The bus comes up when NATS does, comes back when NATS does, and never stops who uses it."""

import asyncio

import pytest

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


async def test_an_attempt_that_nobody_waits_for_any_longer_is_hung_up() -> None:
    arrived, gone = asyncio.Event(), asyncio.Event()

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await reader.read()
        gone.set()
        writer.close()

    async with await asyncio.start_server(say_nothing, "127.0.0.1", 0) as server, asyncio.timeout(10):
        host, port = server.sockets[0].getsockname()
        bus = Bus(f"nats://{host}:{port}", name="writer")
        await bus.start()
        await arrived.wait()
        await bus.close()
        # Sooner than nats-py would have given the attempt up.
        async with asyncio.timeout(1):
            await gone.wait()


async def test_a_subscription_outlives_the_server(nats: Nats, eve: Outsider) -> None:
    got: list[bytes] = []

    async def note(payload: bytes) -> None:
        got.append(payload)

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


async def test_replicas_hear_what_one_of_them_says_and_that_one_hears_it_once(nats: Nats, eve: Outsider) -> None:
    got: dict[str, list[bytes]] = {"this": [], "that": []}
    async with things.on_bus(nats.url("writer"), "writer") as this, things.on_bus(nats.url("writer"), "writer") as that:
        for name, bus in (("this", this), ("that", that)):

            async def note(payload: bytes, name: str = name) -> None:
                got[name].append(payload)

            await bus.connected()
            await bus.subscribe("wake.writer", note)

        # nats-py's flush is no proof of it: its PING overtakes the subscription.
        async def both_listen() -> bool:
            await eve.connection.publish("wake.writer", b"?")
            return all(got.values())

        await eventually(both_listen)
        await this.tell_replicas("wake.writer", b"told")
        await this.publish("wake.writer", b"said")

        async def heard() -> bool:
            return b"said" in got["that"]

        await eventually(heard)

        # What came back to it would have come before this.
        async def heard_the_last() -> bool:
            await eve.connection.publish("wake.writer", b"last")
            return b"last" in got["this"]

        await eventually(heard_the_last)
        assert [payload for payload in got["this"] if payload in {b"told", b"said"}] == [b"told"]
        assert [payload for payload in got["that"] if payload in {b"told", b"said"}] == [b"told", b"said"]


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
