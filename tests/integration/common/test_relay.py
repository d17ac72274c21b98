"""What is recorded is said: all of it, in order, whatever happens to NATS or to the relay that was saying it."""

import asyncio
import os
import random
import signal
import sys
from collections import defaultdict
from pathlib import Path

import pytest
from psycopg.errors import UniqueViolation

from common import relay
from common.database import Database, Transaction, query
from integration.common import things
from integration.common.conftest import Running
from integration.common.things import HAPPENINGS, STATES
from support.bus import Message, Outsider, outsider
from support.eventually import eventually
from support.servers import Nats

pytestmark = pytest.mark.anyio


@pytest.fixture
def short_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log of a few events is looked through in several statements, as one of millions is."""
    monkeypatch.setattr(relay, "UNPUBLISH_SPAN", 7)


@pytest.fixture
def frequent_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that changes under a standing connection is noticed soon."""
    monkeypatch.setattr(relay, "EPOCH_CHECK", 0.2)


async def _all_said(database: Database, within: float = 10.0) -> None:
    async def none_left() -> bool:
        return await things.unpublished(database) == 0

    await eventually(none_left, within=within)


def _by_thing(messages: list[Message]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for message in messages:
        thing, version = message.key
        found[thing].append(version)
    return found


class TestRecording:
    async def test_an_event_is_true_with_its_transaction_or_not_at_all(self, writer: Database) -> None:
        async def record_and_fail() -> None:
            async with writer.transaction() as tx:
                await things.outbox.record(tx, things.said(things.new_thing(), 1))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await record_and_fail()
        assert await things.unpublished(writer) == 0

    async def test_a_version_is_said_once(self, writer: Database) -> None:
        thing = things.new_thing()
        await things.say(writer, things.said(thing, 1))
        with pytest.raises(UniqueViolation):
            await things.say(writer, things.said(thing, 1))

    async def test_several_events_keep_their_order(self, writer: Database, running: Running, eve: Outsider) -> None:
        await running.relay(writer)
        events = [things.said(things.new_thing(), 1, f"{n}") for n in range(300)]
        await things.say(writer, *events)
        await _all_said(writer)
        assert [message.key[0] for message in await eve.messages(HAPPENINGS)] == [each.subject for each in events]


class TestPublishing:
    async def test_a_wake_publishes_before_the_poll_would(
        self, writer: Database, running: Running, eve: Outsider
    ) -> None:
        relay = await running.relay(writer)
        await things.say(writer, things.said(things.new_thing(), 1))
        await _all_said(writer)
        latencies = []
        for version in range(1, 30):
            thing = things.new_thing()
            started = asyncio.get_running_loop().time()
            await things.say(writer, things.said(thing, version))
            relay.wake()
            await _all_said(writer)
            latencies.append(asyncio.get_running_loop().time() - started)
        assert sorted(latencies)[len(latencies) // 2] < 0.1

    async def test_many_writers_lose_nothing_and_keep_the_order_of_each_thing(
        self, writer: Database, running: Running, eve: Outsider
    ) -> None:
        relay = await running.relay(writer)
        all_things = [things.new_thing() for _ in range(32)]

        async def write(thing: str) -> None:
            for version in range(1, 16):
                async with writer.transaction() as tx:
                    await things.outbox.record(tx, things.said(thing, version))
                    # Commits happen out of the order of ids.
                    await asyncio.sleep(random.random() / 200)
                relay.wake()

        await asyncio.gather(*map(write, all_things))
        await _all_said(writer)
        assert _by_thing(await eve.messages(HAPPENINGS)) == {thing: list(range(1, 16)) for thing in all_things}

    async def test_a_state_stream_holds_the_last_state_and_the_table_no_older_one(
        self, writer: Database, running: Running, eve: Outsider
    ) -> None:
        thing, other = things.new_thing(), things.new_thing()
        await things.say(writer, *[things.stated(thing, version) for version in range(1, 6)], things.stated(other, 1))
        await running.relay(writer)
        await _all_said(writer)
        assert _by_thing(await eve.messages(STATES)) == {thing: [5], other: [1]}
        async with writer.read() as reader:
            rows = await reader.all(query("SELECT aggregate_id, version FROM events"))
        assert {(row.aggregate_id, row.version) for row in rows} == {(thing, 5), (other, 1)}

    async def test_after_a_deletion_only_the_deletion_is_left(
        self, writer: Database, running: Running, eve: Outsider
    ) -> None:
        await running.relay(writer)
        thing, neighbour = things.new_thing(), things.new_thing()
        await things.say(writer, things.said(thing, 1, "secret"), things.said(neighbour, 1))
        await _all_said(writer)
        async with writer.transaction() as tx:
            await things.outbox.record(tx, farewell := things.gone(thing, 2))
            await things.outbox.forget(tx, farewell)
        await _all_said(writer)
        messages = await eve.messages(HAPPENINGS)
        assert _by_thing(messages) == {thing: [2], neighbour: [1]}
        assert not any(b"secret" in message.body for message in messages)

    async def test_a_purge_that_a_power_cut_undid_is_made_again(
        self, writer: Database, running: Running, eve: Outsider
    ) -> None:
        careless = await running.relay(writer, purge_after=())
        thing, neighbour = things.new_thing(), things.new_thing()
        await things.say(writer, things.said(thing, 1, "secret"), things.said(neighbour, 1), things.gone(thing, 2))
        await _all_said(writer)
        assert _by_thing(await eve.messages(HAPPENINGS)) == {thing: [1, 2], neighbour: [1]}
        await running.end(careless)
        await running.relay(writer)

        async def purged() -> bool:
            return _by_thing(await eve.messages(HAPPENINGS)) == {thing: [2], neighbour: [1]}

        await eventually(purged)

    async def test_the_longest_event_passes(self, writer: Database, running: Running, eve: Outsider) -> None:
        await running.relay(writer)
        thing = things.new_thing()
        await things.say(writer, *[things.said(thing, version, "x" * 7_900_000) for version in (1, 2)])
        await _all_said(writer)
        assert _by_thing(await eve.messages(HAPPENINGS)) == {thing: [1, 2]}

    async def test_an_event_too_large_for_nats_holds_up_no_other(
        self, writer: Database, running: Running, eve: Outsider
    ) -> None:
        await running.relay(writer)
        thing, neighbour = things.new_thing(), things.new_thing()
        await things.say(writer, things.said(thing, 1, "x" * 9_000_000))
        await things.say(writer, things.said(neighbour, 1))

        async def only_one_left() -> bool:
            return await things.unpublished(writer) == 1

        await eventually(only_one_left)
        assert _by_thing(await eve.messages(HAPPENINGS)) == {neighbour: [1]}


class TestWhenNatsFails:
    async def test_a_relay_that_starts_before_nats_publishes_once_it_is_there(
        self, writer: Database, running: Running, nats: Nats, eve: Outsider
    ) -> None:
        nats.kill()
        relay = await running.relay(writer)
        await things.say(writer, things.said(things.new_thing(), 1))
        relay.wake()
        nats.start()
        await _all_said(writer)
        assert len(await eve.messages(HAPPENINGS)) == 1

    async def test_a_kill_while_publishing_loses_nothing(
        self, writer: Database, running: Running, nats: Nats, eve: Outsider
    ) -> None:
        relay = await running.relay(writer)
        all_things = [things.new_thing() for _ in range(20)]
        killed = asyncio.Event()

        async def write() -> None:
            for version in range(1, 41):
                await things.say(writer, *[things.said(thing, version) for thing in all_things])
                relay.wake()
                if version == 20:
                    killed.set()

        writing = asyncio.create_task(write())
        await killed.wait()
        nats.kill()
        await writing
        nats.start()
        await _all_said(writer)
        messages = await eve.messages(HAPPENINGS)
        assert _by_thing(messages) == {thing: list(range(1, 41)) for thing in all_things}

    @pytest.mark.usefixtures("short_looks")
    async def test_a_wiped_nats_gets_everything_again(
        self, writer: Database, running: Running, nats: Nats, eve: Outsider
    ) -> None:
        await running.relay(writer)
        thing, state = things.new_thing(), things.new_thing()
        await things.say(writer, *[things.said(thing, version) for version in range(1, 51)], things.stated(state, 1))
        await _all_said(writer)
        nats.wipe()
        await things.say(writer, things.said(thing, 51))
        nats.start()

        async def all_there() -> bool:
            return _by_thing(await eve.messages(HAPPENINGS)) == {thing: list(range(1, 52))} and _by_thing(
                await eve.messages(STATES)
            ) == {state: [1]}

        await eventually(all_there)

    @pytest.mark.usefixtures("frequent_checks")
    async def test_a_stream_that_somebody_deleted_comes_back_full(
        self, writer: Database, running: Running, eve: Outsider
    ) -> None:
        await running.relay(writer)
        thing = things.new_thing()
        await things.say(writer, *[things.said(thing, version) for version in range(1, 6)])
        await _all_said(writer)
        await eve.js.delete_stream(HAPPENINGS.name)

        async def all_there() -> bool:
            return _by_thing(await eve.messages(HAPPENINGS)) == {thing: [1, 2, 3, 4, 5]}

        await eventually(all_there)

    @pytest.mark.usefixtures("short_looks")
    async def test_a_stream_that_was_rolled_back_gets_what_it_lacks(
        self, writer: Database, running: Running, nats: Nats, tmp_path: Path
    ) -> None:
        await running.relay(writer)
        thing = things.new_thing()
        await things.say(writer, *[things.said(thing, version) for version in range(1, 4)])
        await _all_said(writer)
        with nats.rolled_back(tmp_path):
            await things.say(writer, *[things.said(thing, version) for version in range(4, 7)])
            await _all_said(writer)

        # Not eve, who has not noticed yet that NATS was gone: what she asks now is answered by nobody.
        async with outsider(nats.url()) as another:

            async def all_there() -> bool:
                return _by_thing(await another.messages(HAPPENINGS)) == {thing: [1, 2, 3, 4, 5, 6]}

            await eventually(all_there)

    async def test_nothing_is_sent_to_a_stream_that_was_not_compared(
        self, writer: Database, running: Running, nats: Nats, eve: Outsider, tmp_path: Path
    ) -> None:
        """The relay is about to publish while the stream is rolled back: what it adds must not hide what is lacking."""
        relay = await running.relay(writer)
        thing = things.new_thing()
        await things.say(writer, *[things.said(thing, version) for version in range(1, 4)])
        await _all_said(writer)
        connection = await writer.connect()
        async with connection, connection.transaction():
            with nats.rolled_back(tmp_path):
                await things.say(writer, *[things.said(thing, version) for version in range(4, 7)])
                await _all_said(writer)
                # The relay waits for this lock between its look at the stream and its look at the events.
                await connection.execute("LOCK TABLE events IN ACCESS EXCLUSIVE MODE")
                await things.outbox.record(Transaction(connection), things.said(thing, 7))
                epoch = relay._bus.epoch

            async def reconnected() -> bool:
                return relay._bus.is_connected and relay._bus.epoch > epoch

            await eventually(reconnected)

        async def all_there() -> bool:
            return sorted(_by_thing(await eve.messages(HAPPENINGS))[thing]) == list(range(1, 8))

        await eventually(all_there)


class TestLeading:
    async def test_a_paused_leader_is_replaced_and_order_is_kept(
        self, writer: Database, running: Running, nats: Nats, eve: Outsider
    ) -> None:
        told = (writer.url, writer.schema, nats.url("writer"), "1s")
        child = await asyncio.create_subprocess_exec(sys.executable, "-m", "support.relay_process", *told, cwd=_TESTS)
        try:
            thing = things.new_thing()
            await things.say(writer, things.said(thing, 1))
            await _all_said(writer)
            await running.relay(writer)
            os.kill(child.pid, signal.SIGSTOP)
            await things.say(writer, things.said(thing, 2))
            await _all_said(writer, within=6)
            os.kill(child.pid, signal.SIGCONT)
            await things.say(writer, things.said(thing, 3))
            await _all_said(writer)
            assert _by_thing(await eve.messages(HAPPENINGS)) == {thing: [1, 2, 3]}
        finally:
            child.kill()
            await child.wait()

    async def test_a_leader_that_ends_is_replaced_at_once(
        self, writer: Database, running: Running, eve: Outsider
    ) -> None:
        first = await running.relay(writer)
        await things.say(writer, things.said(things.new_thing(), 1))
        await _all_said(writer)
        await running.relay(writer)
        await running.end(first)
        await things.say(writer, things.said(things.new_thing(), 1))
        await _all_said(writer, within=2)


_TESTS = Path(__file__).parents[2]
