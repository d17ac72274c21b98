"""A user was deleted: the tickets they still held are nobody's, and the log says who deleted them."""

from datetime import timedelta
from uuid import UUID

from common.database import Transaction, query
from common.event import Actor
from contracts.auth import SYSTEM
from contracts.tickets import AssigneeChanged
from tickets.queries.get_ticket import find_ticket
from tickets.rules import assignee_of
from tickets.usecases.update_ticket import write_changes

_HELD = query("SELECT id FROM tickets WHERE assignee_id = %(user_id)s AND status <> 'CLOSED' ORDER BY id FOR UPDATE")


async def unassign_deleted(tx: Transaction, user_id: UUID, deleted_by: Actor | None) -> int:
    """How many tickets were unassigned. Closed ones keep the name."""
    held = await tx.all(_HELD, user_id=user_id)
    for row in held:
        ticket = await find_ticket(tx, str(row.id))
        change = AssigneeChanged(before=assignee_of(ticket), after=None)
        await write_changes(tx, ticket, [change], actor=deleted_by or SYSTEM, names=None, auto_close=timedelta())
    return len(held)
