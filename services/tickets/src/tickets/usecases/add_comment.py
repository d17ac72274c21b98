"""Add a comment: the row, the ticket's count and version, and the event, guarded by the version they follow."""

from common.database import Transaction, query
from common.identity import Identity
from common.ids import new_id
from common.logs import traceparent
from common.routing import dump
from contracts.tickets import CommentAdded, CommentFacts
from tickets.queries.find_head import find_head, lock_head
from tickets.tables import outbox
from tickets.usecases.parts import Parts
from tickets.usecases.written import Written, head

_ADD = query(
    """
    WITH ticket AS (
        UPDATE tickets SET version = %(version)s, comment_count = comment_count + 1
        WHERE id = %(ticket_id)s AND version = %(version)s - 1
        RETURNING id
    ), comment AS (
        INSERT INTO comments (id, ticket_id, author_id, body, created_at)
        SELECT %(id)s, id, %(author_id)s, %(text)s, %(now)s FROM ticket
    )
    INSERT INTO events (aggregate_id, version, type, subject, body)
    SELECT %(aggregate_id)s, %(version)s, %(type)s, %(subject)s, %(body)s FROM ticket
    """
)


async def add_comment(
    tx: Transaction, parts: Parts, caller: Identity, reference: str, text: str, *, lock: bool = False
) -> Written | None:
    """The comment; None where somebody else changed the ticket meanwhile: then call again with `lock`."""
    ticket = await (lock_head if lock else find_head)(tx, reference)
    comment_id = new_id()
    event = CommentAdded(
        source="tickets",
        subject=str(ticket.id),
        time=ticket.now,
        version=ticket.version + 1,
        traceparent=traceparent.get(),
        actor=caller.actor,
        data=CommentFacts(id=comment_id, ticket_id=ticket.id, body=text, author=caller.actor, created_at=ticket.now),
    )
    await parts.announce(head(ticket.id, ticket.display_id, event.version))
    written = await tx.execute(
        _ADD,
        id=comment_id,
        ticket_id=ticket.id,
        author_id=caller.id,
        text=text,
        now=ticket.now,
        **outbox.row(event),
    )
    if not written:
        return None
    user = caller.user
    body = dump(
        {
            "id": comment_id,
            "body": text,
            "createdAt": ticket.now,
            "author": {"id": user.id, "username": user.username, "displayName": user.display_name, "role": user.role},
        }
    )
    return Written(body, ticket.id, event.version)
