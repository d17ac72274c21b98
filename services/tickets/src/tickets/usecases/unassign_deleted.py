"""A user was deleted: the tickets they still held become nobody's, and the log says who deleted them.

Noted with the deletion, done after it: somebody may hold thousands of tickets, and who was deleted must be refused at
once, whatever they held.
"""

from uuid import UUID

from common import logs
from common.database import Database, Row, Transaction, query
from common.event import Actor
from contracts.auth import SYSTEM
from contracts.tickets import AssigneeChanged
from tickets.rules import assignee_of
from tickets.usecases.update_ticket import change_unasked
from tickets.usecases.written import Announce

_NOTE = query(
    """
    INSERT INTO departures (user_id, deleted_by, traceparent) VALUES (%(user_id)s, %(deleted_by)s, %(traceparent)s)
    ON CONFLICT (user_id) DO NOTHING
    """
)
# One replica works on a departure at a time.
_NEXT = query("SELECT user_id, deleted_by, traceparent FROM departures LIMIT 1 FOR UPDATE SKIP LOCKED")
_HELD = query(
    """
    SELECT id FROM tickets WHERE assignee_id = %(user_id)s AND status <> 'CLOSED'
    ORDER BY id LIMIT %(limit)s FOR UPDATE
    """
)
_DONE = query("DELETE FROM departures WHERE user_id = %(user_id)s")

BATCH = 50
"""Tickets in one transaction: nobody waits for one of them for long."""


async def note_departure(tx: Transaction, user_id: UUID, deleted_by: Actor | None) -> None:
    """Have the tickets of a user unassigned who is deleted with this transaction. From then on nobody gets them any."""
    actor = None if deleted_by is None else deleted_by.model_dump_json(by_alias=True)
    await tx.execute(_NOTE, user_id=user_id, deleted_by=actor, traceparent=logs.traceparent.get())


async def unassign_some(database: Database, announce: Announce) -> int | None:
    """Unassign some tickets of one departed user. How many; None where nobody departed. Closed ones keep the name."""
    async with database.transaction() as tx:
        departure = await tx.first(_NEXT)
        if departure is None:
            return None
        with logs.working_on(None, departure.traceparent):
            return await _unassign(tx, departure, announce)


async def _unassign(tx: Transaction, departure: Row, announce: Announce) -> int:
    held = await tx.all(_HELD, user_id=departure.user_id, limit=BATCH)
    actor = SYSTEM if departure.deleted_by is None else Actor.model_validate_json(departure.deleted_by)
    for row in held:
        await change_unasked(tx, announce, row.id, _unassigned, actor=actor)
    if len(held) < BATCH:
        await tx.execute(_DONE, user_id=departure.user_id)
    return len(held)


def _unassigned(ticket: Row) -> AssigneeChanged:
    return AssigneeChanged(before=assignee_of(ticket), after=None)
