"""Messages come twice, in any order, broken, or not at all: the audit log says what happened, once."""

import random
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import psycopg
import pytest

from chaos.ordeal import Ordeal
from contracts.streams import EVENTS
from support.bus import Outsider
from support.eventually import eventually, soon
from support.history import History

Note = Callable[[str], None]
pytestmark = pytest.mark.long
AUDIT = ("audit", "audit-2")


def entries(ordeal: Ordeal) -> list[Any]:
    with psycopg.connect(ordeal.stack.database_url("postgres")) as connection:
        return connection.execute("SELECT * FROM audit.entries ORDER BY ticket_id, version, idx").fetchall()


def changed_ticket(ordeal: Ordeal) -> dict[str, Any]:
    """A ticket with three more events."""
    ticket = ordeal.make.ticket()
    for severity in (1, 2, 4):
        assert ordeal.callers["AGENT"].patch(f"/tickets/{ticket['id']}", {"severity": severity}).status_code == 200
    return ticket


def published(ordeal: Ordeal) -> bool:
    with psycopg.connect(ordeal.stack.database_url("postgres")) as connection:
        row = connection.execute("SELECT count(*) FROM tickets.events WHERE stream_seq IS NULL").fetchone()
        return row == (0,)


def test_every_message_again_and_shuffled(ordeal: Ordeal, note: Note) -> None:
    with ordeal.load() as load:
        load.until_changed(25)
        changed_ticket(ordeal)
    ordeal.settle(load.history)
    before = entries(ordeal)

    async def again(operator: Outsider) -> int:
        messages = 2 * await operator.messages(EVENTS)
        random.Random(7).shuffle(messages)
        # With no id: to JetStream each is a new message.
        for start in range(0, len(messages), 100):
            for message in messages[start : start + 100]:
                await operator.connection.publish(message.subject, message.body)
            await operator.connection.flush()

        async def all_heard() -> bool:
            info = await operator.js.consumer_info(EVENTS.name, "audit")
            return not info.num_pending and not info.num_ack_pending

        await eventually(all_heard, within=20)
        return len(messages)

    count = ordeal.bus(again)
    assert entries(ordeal) == before
    ordeal.settle(load.history)
    note(f"{count} messages again, {len(before)} entries as before")


POISON = {
    "no json": b"{ not json",
    "no event": b'{"some": "json"}',
    "an unknown type": orjson.dumps({"type": "ticket.exploded.v9", "subject": "x"}),
    "a field of another kind": orjson.dumps({"type": "ticket.deleted.v1", "subject": "x", "aggregateversion": "many"}),
    "a megabyte": b'{"type": "' + b"x" * 1_000_000 + b'"}',
}


def test_poison_is_set_aside_and_neighbours_do_not_wait(ordeal: Ordeal, note: Note) -> None:
    subjects = [f"evt.ticket.{uuid4()}" for _ in POISON]

    async def poison(operator: Outsider) -> None:
        for subject, body in zip(subjects, POISON.values(), strict=True):
            await operator.publish(subject, body)

    ordeal.bus(poison)
    ticket = ordeal.make.ticket()
    began = time.monotonic()
    soon(lambda: ordeal.callers["USER"].get(f"/tickets/{ticket['id']}/audit").json(), within=1)
    waited = time.monotonic() - began
    soon(lambda: set_aside(ordeal) == set(subjects), within=5)
    listed = dead_letters(ordeal, "list")
    assert all(subject in listed for subject in subjects)
    assert "5 failed again" in dead_letters(ordeal, "replay", code=1)
    assert "no dead letter 999999" in dead_letters(ordeal, "discard 999999", code=1)
    assert "5 discarded" in dead_letters(ordeal, "discard")
    ordeal.settle(History())
    note(f"the entry of a neighbour was visible after {waited:.2f} s")


def set_aside(ordeal: Ordeal) -> set[str]:
    with psycopg.connect(ordeal.stack.database_url("postgres")) as connection:
        return {subject for (subject,) in connection.execute("SELECT subject FROM audit.dead_letters")}


def dead_letters(ordeal: Ordeal, action: str, *, code: int = 0) -> str:
    """What an operator is told by `python -m audit dead-letters`."""
    done = subprocess.run(
        [sys.executable, "-m", "audit", "dead-letters", *action.split()],
        env=ordeal.stack.environment("audit"),
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return done.stdout


def test_messages_lost_before_audit_heard_them(ordeal: Ordeal, note: Note) -> None:
    known = changed_ticket(ordeal)
    soon(lambda: len(ordeal.callers["USER"].get(f"/tickets/{known['id']}/audit").json()) == 4)
    ordeal.kill_for_good(*AUDIT)
    assert ordeal.callers["AGENT"].patch(f"/tickets/{known['id']}", {"severity": 5}).status_code == 200
    unheard, tail = changed_ticket(ordeal), changed_ticket(ordeal)
    soon(lambda: published(ordeal))

    async def lose(operator: Outsider) -> None:
        for ticket in (known, unheard):
            await operator.js.purge_stream(EVENTS.name, subject=f"evt.ticket.{ticket['id']}")
        await operator.js.purge_stream(EVENTS.name, subject=f"evt.ticket.{tail['id']}", keep=1)

    ordeal.bus(lose)
    ordeal.start(*AUDIT)
    took = ordeal.settle(History())
    assert [
        len(ordeal.callers["USER"].get(f"/tickets/{each['id']}/audit").json()) for each in (known, unheard, tail)
    ] == [
        5,
        4,
        4,
    ]
    note(f"repaired {took:.2f} s after audit was ready")


def test_audit_lost_everything(ordeal: Ordeal, note: Note) -> None:
    with ordeal.load() as load:
        load.until_changed(25)
    ordeal.settle(load.history)
    before = entries(ordeal)
    lose_everything(ordeal)
    ordeal.start(*AUDIT)
    took = ordeal.settle(load.history)
    assert entries(ordeal) == before
    note(f"{len(before)} entries rebuilt, {took:.2f} s after audit was ready")


def test_audit_lost_everything_and_nats_is_away(ordeal: Ordeal) -> None:
    tickets = [changed_ticket(ordeal) for _ in range(3)]
    soon(lambda: published(ordeal))
    lose_everything(ordeal)
    ordeal.stack.stop_component("nats")
    try:
        ordeal.start(*AUDIT)
        logs = [ordeal.callers["USER"].get(f"/tickets/{each['id']}/audit") for each in tickets]
    finally:
        ordeal.stack.start_component("nats")
    assert [len(log.json()) for log in logs] == [4, 4, 4]
    ordeal.settle(History())


EMPTY = """
    TRUNCATE audit.entries, audit.ticket_heads, audit.comparisons, audit.purged_tickets,
             audit.known_users, audit.known_keys, audit.revoked_tokens
"""


def lose_everything(ordeal: Ordeal) -> None:
    """Audit stops and its tables are emptied. NATS thinks that audit has heard all."""
    ordeal.kill_for_good(*AUDIT)
    with psycopg.connect(ordeal.stack.database_url("audit", "owner")) as connection:
        connection.execute(EMPTY)
