"""What is written and asked while an event is worked on names the event and the trace it came from."""

import json
import logging
from typing import Any
from uuid import UUID

import pytest

from common import logs
from common.database import Database, Transaction
from common.streams import declare
from integration.common import things
from integration.common.conftest import Running
from integration.common.things import HAPPENINGS, STATES, Gone, Said
from support.bus import Outsider
from support.eventually import eventually

pytestmark = pytest.mark.anyio

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"

log = logging.getLogger("things")


class Lines(logging.Handler):
    """The log as it would be written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(logs.JsonLines("reader"))
        self.written: list[dict[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.written.append(json.loads(self.format(record)))

    def of(self, event_id: UUID) -> list[dict[str, Any]]:
        return [line for line in self.written if line.get("eventId") == str(event_id)]


@pytest.fixture
def lines() -> Any:
    root, kept = logging.getLogger(), Lines()
    level = root.level
    root.addHandler(kept)
    root.setLevel(logging.INFO)
    yield kept
    root.removeHandler(kept)
    root.setLevel(level)


def traced(version: int, thing: str) -> Said:
    return things.said(thing, version).model_copy(update={"traceparent": PARENT})


async def fail(_tx: Transaction, event: Said) -> None:
    if event.data.text == "poison":
        raise LookupError("poison")


async def test_a_handlers_lines_and_questions_carry_event_and_trace(
    eve: Outsider, reader: Database, running: Running, lines: Lines
) -> None:
    await declare(eve.js, HAPPENINGS, STATES)
    asked: list[dict[str, str]] = []

    async def note(_tx: Transaction, _event: Said) -> None:
        log.info("thing.noted")
        asked.append(logs.headers())

    event = traced(1, things.new_thing())
    await running.consumer(reader, handlers={Said: note, Gone: note})
    await eve.publish(event.nats_subject, event.to_json())

    async def written() -> bool:
        return len(lines.of(event.id)) == 2

    await eventually(written)
    assert {line["message"] for line in lines.of(event.id)} == {"thing.noted", "consumer.heard"}
    assert {line["traceId"] for line in lines.of(event.id)} == {TRACE}
    assert asked == [{"traceparent": PARENT}]


async def test_a_batch_is_one_line_that_names_all_its_events(
    eve: Outsider, reader: Database, running: Running, lines: Lines
) -> None:
    await declare(eve.js, HAPPENINGS, STATES)
    thing = things.new_thing()
    events = [traced(version, thing) for version in (1, 2, 3)]
    await eve.publish(events[0].nats_subject, *(event.to_json() for event in events))
    await running.consumer(reader)

    async def all_named() -> bool:
        heard = [line for line in lines.written if line["message"] == "consumer.heard"]
        named = {name for line in heard for name in [line.get("eventId"), *line.get("eventIds", ())]}
        return {str(event.id) for event in events} <= named and all(
            line.get("traceIds", [TRACE]) == [TRACE] for line in heard
        )

    await eventually(all_named)


async def test_a_failure_names_its_event(eve: Outsider, reader: Database, running: Running, lines: Lines) -> None:
    await declare(eve.js, HAPPENINGS, STATES)
    poison = traced(1, things.new_thing()).model_copy(update={"data": things.Words(text="poison")})
    await running.consumer(reader, handlers={Said: fail, Gone: fail})
    await eve.publish(poison.nats_subject, poison.to_json())

    async def given_up() -> bool:
        return "consumer.dead_letter" in {line["message"] for line in lines.of(poison.id)}

    await eventually(given_up)
    assert {line["traceId"] for line in lines.of(poison.id)} == {TRACE}
