"""Delete a ticket, and every word of it: comments, searchable text, events, stored answers, dead letters."""

from common.database import Transaction, query
from common.idempotency import forget_about
from common.identity import Identity
from common.logs import traceparent
from contracts.tickets import DeletedTicket, TicketDeleted
from tickets.queries.find_head import lock_head
from tickets.tables import letters, outbox
from tickets.usecases.written import Written

_DELETE = query("DELETE FROM tickets WHERE id = %(id)s")


async def delete_ticket(tx: Transaction, caller: Identity, reference: str) -> Written:
    head = await lock_head(tx, reference)
    event = TicketDeleted(
        source="tickets",
        subject=str(head.id),
        time=head.now,
        version=head.version + 1,
        traceparent=traceparent.get(),
        actor=caller.actor,
        data=DeletedTicket(id=head.id, display_id=head.display_id),
    )
    await outbox.record(tx, event)
    # The one event that stays; when it is published, the relay purges the ticket's subject from the stream too.
    await outbox.forget(tx, event)
    await forget_about(tx, head.id)
    await letters.forget(tx, str(head.id))
    await tx.execute(_DELETE, id=head.id)
    return Written(b"", head.id, head.display_id, event.version)
