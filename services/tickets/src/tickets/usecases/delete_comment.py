"""Delete a comment. What it said stays in the audit log."""

from uuid import UUID

from common.database import Transaction, query
from common.event import Actor
from common.identity import Identity
from common.ids import parse_id
from common.logs import traceparent
from contracts.tickets import CommentDeleted, CommentFacts
from tickets.problems import CommentNotFound, NotYourComment
from tickets.queries.find_head import lock_head
from tickets.rules import may_delete_comment
from tickets.tables import outbox
from tickets.usecases.parts import Parts
from tickets.usecases.written import Head, Written

_FIND = query(
    """
    SELECT c.id, c.body, c.created_at, c.author_id,
           coalesce(u.username, '') AS username, coalesce(u.display_name, '') AS display_name
    FROM comments c LEFT JOIN known_users u ON u.id = c.author_id
    WHERE c.id = %(id)s AND c.ticket_id = %(ticket_id)s
    """
)
_DELETE = query("DELETE FROM comments WHERE id = %(id)s")
_COUNT = query("UPDATE tickets SET version = %(version)s, comment_count = comment_count - 1 WHERE id = %(id)s")


async def delete_comment(
    tx: Transaction, parts: Parts, caller: Identity, reference: str, comment_reference: str
) -> Written:
    ticket = await lock_head(tx, reference)
    comment_id: UUID | None = parse_id(comment_reference)
    comment = None if comment_id is None else await tx.first(_FIND, id=comment_id, ticket_id=ticket.id)
    if comment is None:
        raise CommentNotFound
    if not may_delete_comment(caller.role, caller.id, comment.author_id):
        raise NotYourComment
    await tx.execute(_DELETE, id=comment.id)
    await tx.execute(_COUNT, id=ticket.id, version=ticket.version + 1)
    author = Actor(id=comment.author_id, username=comment.username, display_name=comment.display_name)
    event = CommentDeleted(
        source="tickets",
        subject=str(ticket.id),
        time=ticket.now,
        version=ticket.version + 1,
        traceparent=traceparent.get(),
        actor=caller.actor,
        data=CommentFacts(
            id=comment.id, ticket_id=ticket.id, body=comment.body, author=author, created_at=comment.created_at
        ),
    )
    await parts.announce(Head(ticket.id, ticket.display_id, event.version))
    await outbox.record(tx, event)
    return Written(b"", ticket.id, event.version)
