"""R37-R46: what happened to a ticket is in its log, once and in order, however it came."""

import random

import pytest

from contracts.tickets import SeverityChanged, StatusChanged, TitleChanged
from integration.audit.conftest import Audit, Tables
from integration.audit.history import JOSH, Ticket
from support.bus import Outsider
from support.eventually import eventually

pytestmark = pytest.mark.anyio


async def stored(audit: Audit, ticket: Ticket, count: int) -> None:
    """Until the ticket has that many entries."""

    async def is_stored() -> bool:
        return (await audit.get(ticket)).status_code == 200 and len(await audit.entries(ticket)) == count

    await eventually(is_stored)


async def test_an_entry_says_what_when_and_who(audit: Audit) -> None:
    ticket = Ticket()
    created = ticket.created()
    await audit.say(created)
    await stored(audit, ticket, 1)
    (entry,) = await audit.entries(ticket)
    assert entry.pop("id")
    assert entry == {
        "action": "CREATED",
        "detail": None,
        "createdAt": created.time.isoformat().replace("+00:00", "Z"),
        "user": {"id": str(JOSH.id), "username": "josh", "displayName": "Josh"},
    }


async def test_newest_first_and_one_requests_changes_in_a_fixed_order(audit: Audit) -> None:
    ticket = Ticket()
    status, severity = StatusChanged(before="OPEN", after="RESOLVED"), SeverityChanged(before=3, after=1)
    await audit.say(ticket.created(), ticket.updated(status, TitleChanged(before="a", after="b"), severity))
    await audit.say(ticket.commented("Done."))
    await stored(audit, ticket, 5)
    assert await audit.details(ticket) == ["Done.", "b", "SEV 3 → SEV 1", "Open → Resolved", None]


async def test_events_may_come_often_and_in_any_order(audit: Audit, tables: Tables) -> None:
    ticket = Ticket()
    events = [ticket.created(), *(ticket.commented(str(number)) for number in range(2, 40))]
    shuffled = events * 5
    random.Random(7).shuffle(shuffled)
    await audit.say(*shuffled)
    await stored(audit, ticket, 39)
    assert await audit.details(ticket) == [*map(str, range(39, 1, -1)), None]
    assert tables.count("entries") == 39
    assert tables.count("ticket_heads", "unheard = '{[40,)}' AND gap_since IS NULL") == 1


async def test_built_anew_the_log_is_the_same(audit: Audit, tables: Tables) -> None:
    ticket = Ticket()
    await audit.say(ticket.created(), ticket.commented("Looked at it."))
    await stored(audit, ticket, 2)
    was = await audit.entries(ticket)
    tables.connection.execute("TRUNCATE entries, ticket_heads")
    await audit.say(*ticket.events)
    await stored(audit, ticket, 2)
    assert await audit.entries(ticket) == was


async def test_the_longest_text_arrives_whole(audit: Audit) -> None:
    ticket, body = Ticket(), "€" * 262_144
    await audit.say(ticket.created(), ticket.commented(body))
    await stored(audit, ticket, 2)
    assert (await audit.details(ticket))[0] == body


@pytest.mark.parametrize(
    "poison",
    [
        b"{",
        b"[]",
        b'{"type": "ticket.exploded.v1"}',
        b'{"type": "ticket.created.v1"}',
        b"x" * 1_000_000,
    ],
)
async def test_what_cannot_be_read_is_set_aside_and_delays_nobody(
    audit: Audit, tables: Tables, operator: Outsider, poison: bytes
) -> None:
    ticket, other = Ticket(), Ticket("V000000001")
    await audit.say(ticket.created())
    await operator.publish(f"evt.ticket.{ticket}", poison)
    await audit.say(other.created())
    await stored(audit, other, 1)
    assert tables.count("dead_letters", "aggregate_id = %s AND body = %s", str(ticket), poison) == 1
    assert await audit.details(ticket) == [None]


async def test_an_event_that_does_not_say_who_did_it_is_set_aside(audit: Audit, tables: Tables) -> None:
    ticket = Ticket()
    await audit.say(ticket.created(), ticket.commented("Who?").model_copy(update={"actor": None}))
    await audit.say(ticket.commented("I."))
    await stored(audit, ticket, 2)
    assert await audit.details(ticket) == ["I.", None]
    assert tables.count("dead_letters") == 1
