"""R34, A8: a deleted ticket takes every word of it along, and leaves who deleted it."""

import asyncio
from itertools import permutations

import psycopg
import pytest

from audit.usecases.hear_events import hear_events
from common.database import Database
from contracts.tickets import TitleChanged
from integration.audit.conftest import Audit, Tables
from integration.audit.history import JOSH, Ticket
from support.bus import Outsider
from support.eventually import eventually

pytestmark = pytest.mark.anyio

WORD = "xylophone"


async def purged(tables: Tables, ticket: Ticket) -> None:
    async def is_purged() -> bool:
        return tables.count("purged_tickets", "ticket_id = %s", ticket.id) == 1

    await eventually(is_purged)


def life(ticket: Ticket) -> None:
    """Everything that can happen to a ticket, with the word in it."""
    ticket.created()
    ticket.updated(TitleChanged(before="a", after=WORD))
    ticket.commented(f"the {WORD} is broken")
    ticket.deleted()


async def test_nothing_of_it_is_found_and_its_log_is_gone(audit: Audit, tables: Tables) -> None:
    ticket, neighbour = Ticket(), Ticket("V000000001")
    life(ticket)
    await audit.say(neighbour.created(), *ticket.events)
    await purged(tables, ticket)
    assert tables.hold(WORD) == []
    for reference in (ticket, ticket.display_id):
        assert (await audit.get(reference)).status_code == 404
    assert await audit.details(neighbour) == [None]


async def test_who_deleted_it_and_when_is_kept(audit: Audit, tables: Tables) -> None:
    ticket = Ticket()
    life(ticket)
    await audit.say(*ticket.events)
    await purged(tables, ticket)
    row = tables.connection.execute("SELECT to_jsonb(p) - 'deleted_at' FROM purged_tickets p").fetchone()
    assert row == {
        "ticket_id": str(ticket),
        "display_id": ticket.display_id,
        "actor_id": str(JOSH.id),
        "actor_username": "josh",
        "actor_display_name": "Josh",
    }
    assert tables.count("purged_tickets", "deleted_at = %s", ticket.events[-1].time) == 1


async def test_whatever_comes_late_brings_nothing_back(app_url: str, tables: Tables) -> None:
    database = Database(app_url, schema="audit")
    await database.open()
    for order in permutations(range(4)):
        ticket = Ticket()
        life(ticket)
        for position in (*order, *order):
            await hear_alone(database, ticket, position)
        assert tables.count("purged_tickets", "ticket_id = %s", ticket.id) == 1
    await database.close()
    assert tables.hold(WORD) == []
    assert tables.count("ticket_heads", "deleted_at IS NULL OR gap_since IS NOT NULL") == 0


async def test_what_another_replica_is_just_recording_goes_too(app_url: str, tables: Tables) -> None:
    database, ticket = Database(app_url, schema="audit"), Ticket()
    life(ticket)
    await database.open()
    async with database.transaction() as tx:
        await hear_events(tx, ticket.events[:3])
        deleting = asyncio.create_task(hear_alone(database, ticket))
        await eventually(lambda: waits(tables))
    await deleting
    await database.close()
    assert tables.hold(WORD) == []


async def test_what_another_replica_records_while_it_goes_is_not_kept(app_url: str, tables: Tables) -> None:
    database, ticket = Database(app_url, schema="audit"), Ticket()
    life(ticket)
    await database.open()
    async with database.transaction() as tx:
        await hear_events(tx, [ticket.events[3]])
        recording = asyncio.create_task(hear_alone(database, ticket, 2))
        await eventually(lambda: waits(tables))
    await recording
    await database.close()
    assert tables.hold(WORD) == []


async def hear_alone(database: Database, ticket: Ticket, position: int = 3) -> None:
    async with database.transaction() as tx:
        await hear_events(tx, [ticket.events[position]])


async def waits(tables: Tables) -> bool:
    """Whether somebody waits for a lock."""
    return tables.count("pg_stat_activity", "wait_event_type = 'Lock' AND datname = current_database()") > 0


async def test_its_dead_letters_go_too(audit: Audit, tables: Tables, operator: Outsider) -> None:
    ticket, neighbour = Ticket(), Ticket("V000000001")
    life(ticket)
    await audit.say(*ticket.events[:3])
    for each in (ticket, neighbour):
        await operator.publish(f"evt.ticket.{each}", f'{{"{WORD}'.encode())
    await audit.say(ticket.events[3])
    await purged(tables, ticket)
    assert tables.count("dead_letters", "aggregate_id = %s", str(ticket)) == 0
    assert tables.count("dead_letters", "aggregate_id = %s", str(neighbour)) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE entries SET detail = 'nothing happened'",
        "DELETE FROM entries",
        "TRUNCATE entries",
        "DELETE FROM purged_tickets",
        "UPDATE purged_tickets SET actor_username = 'nobody'",
        "INSERT INTO purged_tickets SELECT * FROM purged_tickets",
        "DELETE FROM ticket_heads",
        "ALTER TABLE entries ADD COLUMN note text",
        "DROP TABLE entries",
        "DROP FUNCTION purge_ticket",
        "CREATE TABLE notes ()",
    ],
)
def test_the_service_may_not_rewrite_history(app_url: str, statement: str) -> None:
    with (
        psycopg.connect(app_url, options="-c search_path=audit") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)
