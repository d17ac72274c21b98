"""What an event of a ticket does here, whichever way it came: by the stream, or pulled from tickets."""

from collections.abc import Sequence

from audit.entries import Recorded
from audit.usecases.purge_ticket import purge_ticket
from audit.usecases.record_entries import record_entries
from common.database import Database, Transaction
from common.dead_letters import Handlers
from contracts.tickets import CommentAdded, CommentDeleted, TicketCreated, TicketDeleted, TicketUpdated

Heard = Recorded | TicketDeleted


async def hear_events(tx: Transaction, events: Sequence[Heard]) -> None:
    """Record them, and purge the tickets that one of them deletes."""
    await record_entries(tx, events)
    for event in events:
        if isinstance(event, TicketDeleted):
            await purge_ticket(tx, event)


async def hear_batch(database: Database, events: Sequence[Heard]) -> None:
    """The same, all or nothing. Without a deletion it is one statement, which needs no transaction around it."""
    deletes = any(isinstance(event, TicketDeleted) for event in events)
    async with database.transaction() if deletes else database.single() as tx:
        await hear_events(tx, events)


async def hear_event(tx: Transaction, event: Heard) -> None:
    await hear_events(tx, [event])


HANDLERS: Handlers = dict.fromkeys(
    (TicketCreated, TicketUpdated, TicketDeleted, CommentAdded, CommentDeleted), hear_event
)
