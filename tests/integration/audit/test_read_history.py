"""R37: the log over HTTP, with what its reader has just done in it."""

import asyncio
import time

import pytest

from integration.audit.conftest import Audit, System, Tables, Tickets
from integration.audit.history import JOSH, Ticket
from integration.cti.callers import Caller
from support.eventually import eventually

pytestmark = pytest.mark.anyio


async def recorded(audit: Audit, tables: Tables, ticket: Ticket) -> None:
    """Say what happened, until it is stored."""
    await audit.say(*ticket.events)

    async def is_stored() -> bool:
        return tables.count("ticket_heads", "ticket_id = %s AND lower(unheard) > %s", ticket.id, len(ticket.events)) > 0

    await eventually(is_stored)


class TestYourOwnWrites:
    async def test_a_change_that_was_just_committed_is_waited_for(self, audit: Audit, tables: Tables) -> None:
        ticket = Ticket()
        ticket.created()
        await recorded(audit, tables, ticket)
        await audit.ping(ticket, 2)
        for reference in (ticket, ticket.display_id.lower()):
            asking = asyncio.create_task(audit.details(reference))
            await asyncio.wait([asking], timeout=0.15)
            assert not asking.done()
        await audit.say(ticket.commented("Mine."))
        assert await asking == ["Mine.", None]

    async def test_also_a_ticket_that_was_just_created(self, audit: Audit) -> None:
        ticket = Ticket()
        await audit.ping(ticket, 1)
        asking = asyncio.create_task(audit.details(ticket.display_id))
        await asyncio.wait([asking], timeout=0.15)
        await audit.say(ticket.created())
        assert await asking == [None]

    async def test_for_half_a_second_at_most(self, audit: Audit, tables: Tables) -> None:
        ticket = Ticket()
        ticket.created()
        await recorded(audit, tables, ticket)
        await audit.ping(ticket, 2)
        started = time.monotonic()
        assert await audit.details(ticket) == [None]
        assert 0.4 < time.monotonic() - started < 2

    async def test_a_deletion_too(self, audit: Audit, tables: Tables) -> None:
        ticket = Ticket()
        ticket.created()
        await recorded(audit, tables, ticket)
        await audit.ping(ticket, 2)
        asking = asyncio.create_task(audit.get(ticket))
        await asyncio.wait([asking], timeout=0.15)
        await audit.say(ticket.deleted())
        assert (await asking).status_code == 404

    async def test_others_do_not_wait(self, audit: Audit, tables: Tables) -> None:
        ticket, other = Ticket(), Ticket("V000000001")
        for each in (ticket, other):
            each.created()
            await recorded(audit, tables, each)
        await audit.ping(ticket, 2)
        started = time.monotonic()
        assert await audit.details(other) == [None]
        assert time.monotonic() - started < 0.4

    async def test_a_ping_that_says_nothing_does_no_harm(self, audit: Audit, tables: Tables) -> None:
        ticket = Ticket()
        ticket.created()
        await recorded(audit, tables, ticket)
        for payload in (b"", b"{", b"[]", b'{"ticketId": 7}', b'[{"ticketId": 7}]'):
            await audit.operator.connection.publish("wake.tickets", payload)
        await audit.operator.connection.flush()
        assert await audit.details(ticket) == [None]


class TestATicketThatNothingWasHeardOf:
    async def test_is_asked_of_tickets(self, system: System, tickets: Tickets) -> None:
        async with system.audit() as audit:
            for spelt in ("id", "displayId"):
                ticket = await tickets.create()
                assert await audit.details(ticket[spelt].upper()) == [None]

    async def test_is_not_there_if_tickets_says_so(self, system: System, tickets: Tickets) -> None:
        async with system.audit() as audit:
            for reference in (Ticket(), "V000000000"):
                missing = await audit.get(reference)
                assert missing.status_code == 404
                assert missing.json()["code"] == "ticket_not_found"

    async def test_is_nobodys_to_tell_while_tickets_is_down(self, audit: Audit) -> None:
        for reference in (Ticket(), "V000000000"):
            unknown = await audit.get(reference)
            assert unknown.status_code == 503
            assert unknown.headers["Retry-After"]

    async def test_what_is_no_id_is_not_asked_about(self, audit: Audit) -> None:
        for reference in ("nonsense", "V12345678", "V1234567890", "%00", "01a21074e3227b77bd039a94d2417fcd"):
            assert (await audit.get(reference)).status_code == 404


class TestPages:
    async def test_they_hold_the_whole_log_in_order(self, audit: Audit, tables: Tables) -> None:
        ticket = Ticket()
        ticket.created()
        for number in range(9):
            ticket.commented(str(number))
        await recorded(audit, tables, ticket)
        whole, seen, query = await audit.entries(ticket), [], "?limit=4"
        while True:
            page = await audit.get(ticket, query)
            assert page.headers["X-Total-Count"] == "10"
            seen += page.json()
            if "Link" not in page.headers:
                break
            query = "?" + page.headers["Link"].partition("?")[2].partition(">")[0]
        assert seen == whole

    @pytest.mark.parametrize(
        "query", ["?limit=0", "?limit=201", "?limit=1.5", "?cursor=", "?cursor=e30", "?cursor=WzEsIDk5OTk5OTldCg"]
    )
    async def test_one_that_cannot_be_is_refused(self, audit: Audit, tables: Tables, query: str) -> None:
        ticket = Ticket()
        ticket.created()
        await recorded(audit, tables, ticket)
        assert (await audit.get(ticket, query)).status_code == 422


async def test_a_log_too_long_to_be_held_at_once_comes_whole(audit: Audit, tables: Tables) -> None:
    ticket = Ticket()
    ticket.created()
    for number in range(40):
        ticket.commented(f'{number} "{"x" * 262_000}')
    await recorded(audit, tables, ticket)
    answer = await audit.get(ticket)
    assert "ETag" not in answer.headers
    whole = answer.json()
    pages = [
        (await audit.get(ticket, f"?limit=20{cursor}")).json() for cursor in ("", "&cursor=WzIyLDBd", "&cursor=WzIsMF0")
    ]
    assert whole == [entry for page in pages for entry in page]
    assert [entry["detail"][:3] for entry in whole[:2]] == ["39 ", "38 "]


async def test_what_did_not_change_is_not_sent_again(audit: Audit, tables: Tables) -> None:
    ticket = Ticket()
    ticket.created()
    await recorded(audit, tables, ticket)
    first = await audit.get(ticket)
    assert first.headers["Cache-Control"] == "private, no-cache"
    seen = {"If-None-Match": first.headers["ETag"]}
    assert (await audit.get(ticket, **seen)).status_code == 304
    ticket.commented("News.")
    await recorded(audit, tables, ticket)
    assert (await audit.get(ticket, **seen)).status_code == 200


async def test_a_user_deleted_since_is_marked_and_keeps_the_name_of_then(audit: Audit, tables: Tables) -> None:
    ticket = Ticket()
    ticket.created()
    await recorded(audit, tables, ticket)
    tables.connection.execute(
        "INSERT INTO known_users VALUES (%s, 'josh', 'Joshua', 'j@example.org', 'AGENT', true, 1, null, false, 2)",
        [JOSH.id],
    )
    (entry,) = await audit.entries(ticket)
    assert entry["user"] == {"id": str(JOSH.id), "username": "josh", "displayName": "Josh", "deleted": True}


async def test_every_role_reads_and_nobody_else(audit: Audit, tables: Tables) -> None:
    ticket = Ticket()
    ticket.created()
    await recorded(audit, tables, ticket)
    path = f"/api/tickets/{ticket}/audit"
    for caller in audit.callers.values():
        assert (await caller.get(path)).status_code == 200
    stranger: Caller = audit.callers["USER"]
    assert (await stranger.client.get(path)).status_code == 401
    assert (await stranger.client.get(f"/api/tickets/{Ticket()}/audit")).status_code == 401
