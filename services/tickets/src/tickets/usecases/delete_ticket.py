"""Delete a ticket, and every word of it: comments, searchable text, events, stored answers, dead letters."""

from common.database import Transaction, query
from common.idempotency import forget_about
from common.identity import Identity
from common.logs import traceparent
from contracts.tickets import DeletedTicket, TicketDeleted
from tickets.queries.find_head import lock_head
from tickets.tables import letters, outbox
from tickets.usecases.parts import Parts
from tickets.usecases.written import Head, Written

_DELETE = query("DELETE FROM tickets WHERE id = %(id)s")


async def delete_ticket(tx: Transaction, parts: Parts, caller: Identity, reference: str) -> Written:
    ticket = await lock_head(tx, reference)
    event = TicketDeleted(
        source="tickets",
        subject=str(ticket.id),
        time=ticket.now,
        version=ticket.version + 1,
        traceparent=traceparent.get(),
        actor=caller.actor,
        data=DeletedTicket(id=ticket.id, display_id=ticket.display_id),
    )
    await parts.announce(Head(ticket.id, ticket.display_id, event.version))
    await outbox.record(tx, event)
    # The one event that stays; when it is published, the relay purges the ticket's subject from the stream too.
    await outbox.forget(tx, event)
    await forget_about(tx, ticket.id)
    await letters.forget(tx, str(ticket.id))
    await tx.execute(_DELETE, id=ticket.id)
    return Written(b"", ticket.id, event.version)
