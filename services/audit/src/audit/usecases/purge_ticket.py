"""Forget every word of a deleted ticket; keep which it was, who deleted it and when."""

from uuid import UUID

from audit.tables import letters
from common.database import Transaction, query
from common.dead_letters import Unreadable
from contracts.tickets import TicketDeleted

_PURGE = query(
    """
    SELECT purge_ticket(
        %(ticket_id)s, %(display_id)s, %(version)s::bigint, %(actor_id)s, %(username)s, %(display_name)s, %(time)s
    )
    """
)


async def purge_ticket(tx: Transaction, event: TicketDeleted) -> None:
    if event.actor is None:
        raise Unreadable(f"{event.type} without an actor")
    await tx.first(
        _PURGE,
        ticket_id=UUID(event.subject),
        display_id=event.data.display_id,
        version=event.version,
        actor_id=event.actor.id,
        username=event.actor.username,
        display_name=event.actor.display_name,
        time=event.time,
    )
    await letters.forget(tx, event.subject)
