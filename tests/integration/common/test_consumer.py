"""What is said is heard: once in effect, soon, and past what cannot be read."""

import asyncio
import random
import time

import pytest

from common.database import Database, Row, Transaction, query
from common.event import Event
from common.streams import declare
from integration.common import things
from integration.common.conftest import Running
from integration.common.things import HAPPENINGS, STATES, Said
from support.bus import Outsider
from support.eventually import eventually
from support.servers import Nats, Postgres

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
async def streams(eve: Outsider) -> None:
    await declare(eve.js, HAPPENINGS, STATES)


async def _heard(database: Database, thing: str, versions: list[int], within: float = 10.0) -> None:
    async def all_heard() -> bool:
        return await things.versions_heard(database, thing) == versions

    await eventually(all_heard, within=within)


async def _open_letters(database: Database, count: int) -> list[Row]:
    async def that_many() -> bool:
        async with database.read() as reader:
            return len(await things.letters.list_(reader)) == count

    await eventually(that_many)
    async with database.read() as reader:
        return await things.letters.list_(reader)


async def _nothing_to_acknowledge(eve: Outsider, within: float = 10.0) -> None:
    async def none() -> bool:
        info = await eve.js.consumer_info(HAPPENINGS.name, "reader")
        return not info.num_ack_pending and not info.num_pending

    await eventually(none, within=within)


class TestHearing:
    async def test_from_commit_to_effect_in_milliseconds(
        self,
        writer: Database,
        reader: Database,
        running: Running,
    ) -> None:
        arrived: dict[str, float] = {}

        async def note(events: list[Event]) -> None:
            arrived.update({event.subject: time.monotonic() for event in events})

        relay = await running.relay(writer)
        consumer = await running.consumer(reader, after_commit=note)
        await consumer.caught_up.wait()
        committed: dict[str, float] = {}
        for _ in range(100):
            thing = things.new_thing()
            await things.say(writer, things.said(thing, 1))
            relay.wake()
            committed[thing] = time.monotonic()
            await asyncio.sleep(0.01)

        async def all_arrived() -> bool:
            return len(arrived) == 100

        await eventually(all_arrived)
        lags = sorted(arrived[thing] - committed[thing] for thing in committed)
        assert lags[50] < 0.05, f"p50 {lags[50] * 1000:.1f} ms, p99 {lags[98] * 1000:.1f} ms"

    async def test_repeated_and_shuffled_messages_have_their_effect_once(
        self, reader: Database, running: Running, eve: Outsider
    ) -> None:
        await running.consumer(reader)
        thing = things.new_thing()
        bodies = [things.said(thing, version).to_json() for version in range(1, 31)] * 4
        random.shuffle(bodies)
        await eve.publish(f"evt.thing.{thing}", *bodies)
        await _heard(reader, thing, list(range(1, 31)))
        await _nothing_to_acknowledge(eve)

    async def test_a_state_is_never_replaced_by_an_older_one(self, reader: Database) -> None:
        thing = things.new_thing()
        for version in (2, 3, 1):
            async with reader.transaction() as tx:
                await things.keep(tx, things.stated(thing, version, f"v{version}"))
        assert await things.text_known(reader, thing) == "v3"

    async def test_a_new_reader_is_caught_up_when_it_has_every_state(
        self, reader: Database, running: Running, eve: Outsider
    ) -> None:
        all_things = [things.new_thing() for _ in range(500)]
        for thing in all_things:
            await eve.publish(f"state.thing.{thing}", things.stated(thing, 1).to_json())
        consumer = await running.consumer(reader, things.keeper)
        async with asyncio.timeout(10):
            await consumer.caught_up.wait()
        async with reader.read() as rows:
            assert await rows.scalar(query("SELECT count(*) FROM known")) == 500

    async def test_two_replicas_share_the_messages(self, reader: Database, running: Running, eve: Outsider) -> None:
        counts = [0, 0]

        def counting(replica: int):  # type: ignore[no-untyped-def]
            async def count(tx: Transaction, event: Said) -> None:
                counts[replica] += 1
                await things.hear(tx, event)

            return {Said: count}

        for replica in (0, 1):
            await running.consumer(reader, handlers=counting(replica))
        thing = things.new_thing()
        for version in range(1, 61):
            await eve.publish(f"evt.thing.{thing}", things.said(thing, version).to_json())
        await _heard(reader, thing, list(range(1, 61)))
        await _nothing_to_acknowledge(eve)
        assert sum(counts) == 60
        assert min(counts) > 0


class TestPoison:
    @pytest.mark.parametrize(
        ("body", "reason"),
        [
            pytest.param(b"{", "not a CloudEvent", id="not JSON"),
            pytest.param(b"\xff\x00", "not a CloudEvent", id="not text"),
            pytest.param(b"[]", "not a CloudEvent", id="not an object"),
            pytest.param(b'{"type": "thing.said.v2"}', "unknown type 'thing.said.v2'", id="unknown version"),
            pytest.param(b'{"type": "thing.said.v1"}', "Said does not fit", id="members missing"),
            pytest.param(things.said("t", 1, "\x00").to_json(), "DataError", id="a text that PostgreSQL cannot keep"),
            pytest.param(b'{"type": "' + b"x" * 1_000_000 + b'"}', "unknown type", id="a megabyte"),
        ],
    )
    async def test_it_is_set_aside_and_its_neighbours_do_not_wait(
        self, reader: Database, running: Running, eve: Outsider, body: bytes, reason: str
    ) -> None:
        thing = things.new_thing()
        before, after = things.said(thing, 1).to_json(), things.said(thing, 2).to_json()
        await eve.publish(f"evt.thing.{thing}", before, body, after)
        await running.consumer(reader)
        await _heard(reader, thing, [1, 2], within=1)
        (letter,) = await _open_letters(reader, 1)
        assert letter.body == body
        assert letter.subject == f"evt.thing.{thing}"
        assert letter.aggregate_id == thing
        assert reason in letter.error
        await _nothing_to_acknowledge(eve)

    async def test_the_same_poison_twice_is_one_letter(self, reader: Database, running: Running, eve: Outsider) -> None:
        await running.consumer(reader)
        thing = things.new_thing()
        await eve.publish(f"evt.thing.{thing}", b"{", b"{", things.said(thing, 1).to_json())
        await _heard(reader, thing, [1])
        await _nothing_to_acknowledge(eve, within=2)
        await _open_letters(reader, 1)

    async def test_an_operator_replays_what_can_be_read_now_and_discards_the_rest(
        self, reader: Database, running: Running, eve: Outsider
    ) -> None:
        async def refuse(tx: Transaction, event: Said) -> None:
            await tx.execute(query("SELECT 1 / 0"))

        await running.consumer(reader, handlers={Said: refuse})
        thing = things.new_thing()
        await eve.publish(f"evt.thing.{thing}", things.said(thing, 1).to_json(), b"{")
        readable, unreadable = await _open_letters(reader, 2)
        assert "division by zero" in readable.error

        failed = await things.letters.replay(reader, things.HEARD)
        assert [row.id for row in failed] == [unreadable.id]
        assert await things.versions_heard(reader, thing) == [1]
        async with reader.transaction() as tx:
            assert await things.letters.discard(tx, unreadable.id) == 1
        await _open_letters(reader, 0)

    async def test_the_letters_of_a_deleted_thing_are_forgotten(
        self, reader: Database, running: Running, eve: Outsider
    ) -> None:
        await running.consumer(reader)
        thing, other = things.new_thing(), things.new_thing()
        await eve.publish(f"evt.thing.{thing}", b"{")
        await eve.publish(f"evt.thing.{other}", b"{")
        await _open_letters(reader, 2)
        async with reader.transaction() as tx:
            assert await things.letters.forget(tx, thing) == 1
        (letter,) = await _open_letters(reader, 1)
        assert letter.aggregate_id == other


class TestTrouble:
    async def test_a_handler_that_fails_for_a_moment_loses_nothing_and_delays_no_neighbour(
        self, reader: Database, running: Running, eve: Outsider
    ) -> None:
        chances = {"left": 3}

        async def moody(tx: Transaction, event: Said) -> None:
            await things.hear(tx, event)
            if event.version == 2 and chances["left"]:
                chances["left"] -= 1
                raise RuntimeError("not now")

        thing = things.new_thing()
        await eve.publish(f"evt.thing.{thing}", *[things.said(thing, v).to_json() for v in (1, 2, 3)])
        await running.consumer(reader, handlers={Said: moody})
        await _heard(reader, thing, [1, 3], within=1)
        await _heard(reader, thing, [1, 2, 3])
        await _open_letters(reader, 0)

    async def test_a_handler_that_always_fails_ends_as_a_letter(
        self, reader: Database, running: Running, eve: Outsider
    ) -> None:
        async def broken(tx: Transaction, event: Said) -> None:
            raise KeyError(event.version)

        await running.consumer(reader, handlers={Said: broken})
        thing = things.new_thing()
        await eve.publish(f"evt.thing.{thing}", things.said(thing, 1).to_json())
        (letter,) = await _open_letters(reader, 1)
        assert letter.error == "KeyError: 1"

    async def test_postgres_killed_and_back(
        self, reader: Database, running: Running, eve: Outsider, postgres: Postgres
    ) -> None:
        await running.consumer(reader)
        thing = things.new_thing()
        await eve.publish(f"evt.thing.{thing}", things.said(thing, 1).to_json())
        await _heard(reader, thing, [1])
        postgres.kill()
        await eve.publish(f"evt.thing.{thing}", things.said(thing, 2).to_json())
        postgres.start()
        await _heard(reader, thing, [1, 2])
        await _open_letters(reader, 0)

    async def test_nats_killed_and_back(self, writer: Database, reader: Database, running: Running, nats: Nats) -> None:
        await running.relay(writer)
        await running.consumer(reader)
        thing = things.new_thing()
        await things.say(writer, things.said(thing, 1))
        await _heard(reader, thing, [1])
        nats.kill()
        await things.say(writer, things.said(thing, 2))
        nats.start()
        await _heard(reader, thing, [1, 2], within=3)

    async def test_nats_wiped(
        self, writer: Database, reader: Database, running: Running, nats: Nats, eve: Outsider
    ) -> None:
        await running.relay(writer)
        await running.consumer(reader)
        thing = things.new_thing()
        await things.say(writer, *[things.said(thing, version) for version in range(1, 21)])
        await _heard(reader, thing, list(range(1, 21)))
        nats.wipe()
        await things.say(writer, things.said(thing, 21))
        nats.start()
        await _heard(reader, thing, list(range(1, 22)), within=5)

        async def told_again() -> bool:
            info = await eve.js.consumer_info(HAPPENINGS.name, "reader")
            return info.delivered.consumer_seq >= 21 and not info.num_ack_pending

        await eventually(told_again)
        await _open_letters(reader, 0)

    async def test_a_durable_that_somebody_deleted_comes_back(
        self, reader: Database, running: Running, eve: Outsider
    ) -> None:
        consumer = await running.consumer(reader)
        await consumer.caught_up.wait()
        await eve.js.delete_consumer(HAPPENINGS.name, "reader")
        thing = things.new_thing()
        await eve.publish(f"evt.thing.{thing}", things.said(thing, 1).to_json())
        await _heard(reader, thing, [1])

    async def test_it_ends_when_it_is_told_to(self, reader: Database, running: Running) -> None:
        for _ in range(20):
            consumer = await running.consumer(reader)
            await consumer.caught_up.wait()
            async with asyncio.timeout(2):
                await running.end(consumer)
