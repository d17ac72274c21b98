"""I2-I4: what did not come is noticed and fetched from tickets."""

import asyncio
from typing import Any

import pytest

from audit import reconcile
from integration.audit.conftest import Audit, System, Tables, Tickets
from support.bus import Outsider
from support.eventually import eventually
from support.servers import Nats

pytestmark = pytest.mark.anyio


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is looked at again and again is looked at more often."""
    monkeypatch.setattr(reconcile, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(reconcile, "MEASURE_SECONDS", 0.05)
    monkeypatch.setattr(reconcile, "RETRY_SECONDS", 0.5)


async def complete(
    audit: Audit, tables: Tables, ticket: dict[str, Any], details: list[str | None], *, passing: float = 1.0
) -> None:
    """Until the log is there, without anybody asking for it. Each look lets some seconds pass."""

    async def is_complete() -> bool:
        tables.let_pass(passing)
        return tables.count("entries", "ticket_id = %s", ticket["id"]) == len(details)

    await eventually(is_complete, within=15)
    assert await audit.details(ticket["id"]) == details


async def test_a_gap_is_filled(system: System, tickets: Tickets, tables: Tables, operator: Outsider) -> None:
    """At the pace of every day."""
    ticket = await tickets.create("lost", "there")
    async with system.audit() as audit:
        await operator.publish(f"evt.ticket.{ticket['id']}", tickets.event(ticket, 3))
        await complete(audit, tables, ticket, ["there", "lost", None], passing=0)
        assert tables.count("ticket_heads", "gap_since IS NOT NULL") == 0


@pytest.mark.usefixtures("short_waits")
async def test_a_gap_that_cannot_be_filled_is_counted(
    system: System, tickets: Tickets, tables: Tables, operator: Outsider
) -> None:
    ticket = await tickets.create("lost", "lost too", "there")
    async with system.audit() as audit:
        assert await audit.metric("audit_gap_versions") == 0
        await system.stop_tickets()
        await operator.publish(f"evt.ticket.{ticket['id']}", tickets.event(ticket, 4))

        async def is_counted() -> bool:
            tables.let_pass(1)
            return await audit.metric("audit_gap_versions") == 3

        await eventually(is_counted, within=15)


@pytest.mark.usefixtures("short_waits")
async def test_an_empty_schema_is_filled_from_tickets(system: System, tickets: Tickets, tables: Tables) -> None:
    created = await asyncio.gather(*(tickets.create("one", "two") for _ in range(20)))
    async with system.audit() as audit:
        for ticket in created:
            await complete(audit, tables, ticket, ["two", "one", None])


@pytest.mark.usefixtures("short_waits")
async def test_a_log_too_long_for_one_answer_comes_in_several(
    system: System, tickets: Tickets, tables: Tables, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "audit.usecases.pull_ticket")
    texts = [f"{n} " + "x" * 260_000 for n in range(20)]
    ticket = await tickets.create(*texts)
    assert len(await tickets.events_page(ticket)) < len(texts)
    async with system.audit() as audit:
        await complete(audit, tables, ticket, [*reversed(texts), None])
    # In one go, not one answer for each time that a gap was found.
    assert [each.__dict__["count"] for each in caplog.records if each.message == "pull.done"] == [len(texts) + 1]


@pytest.mark.usefixtures("short_waits")
async def test_a_deletion_that_was_missed_is_made_up_for(
    system: System, tickets: Tickets, tables: Tables, operator: Outsider
) -> None:
    ticket = await tickets.create("xylophone")
    async with system.audit() as audit:
        await complete(audit, tables, ticket, ["xylophone", None])
    await tickets.delete(ticket)
    async with system.audit() as audit:

        async def is_purged() -> bool:
            tables.let_pass(1)
            return tables.count("purged_tickets", "ticket_id = %s", ticket["id"]) == 1

        await eventually(is_purged, within=15)
        assert tables.hold("xylophone") == []
        assert (await audit.get(ticket["id"])).status_code == 404


@pytest.mark.usefixtures("short_waits")
async def test_only_what_changed_since_is_compared(system: System, tickets: Tickets, tables: Tables) -> None:
    ticket = await tickets.create()
    async with system.audit() as audit:
        await complete(audit, tables, ticket, [None])
        (was,) = tables.connection.execute("SELECT until FROM comparisons").fetchall()
    await tickets.comment(ticket, "while you were away")
    async with system.audit() as audit:
        await complete(audit, tables, ticket, ["while you were away", None])
        assert tables.count("comparisons", "until > %s", was) == 1


@pytest.mark.usefixtures("short_waits")
async def test_without_nats_the_log_goes_on(system: System, tickets: Tickets, tables: Tables, nats: Nats) -> None:
    async with system.audit() as audit:

        async def has_compared() -> bool:
            return tables.count("comparisons") == 1

        await eventually(has_compared)
        nats.kill()
        try:
            ticket = await tickets.create("while nobody could be told")
            await complete(audit, tables, ticket, ["while nobody could be told", None])
        finally:
            nats.start()


async def test_a_tickets_that_is_not_up_yet_is_worth_no_warning(
    system: System, tickets: Tickets, caplog: pytest.LogCaptureFixture
) -> None:
    await system.stop_tickets()
    caplog.set_level("INFO", "audit.reconcile")

    async def has_failed() -> bool:
        return "reconcile.compare_failed" in caplog.messages

    async with system.audit():
        await eventually(has_failed, within=20)
    assert {record.levelname for record in caplog.records if record.name == "audit.reconcile"} == {"INFO"}
