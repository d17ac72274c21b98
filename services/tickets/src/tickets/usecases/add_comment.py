"""Add comments: their rows, their tickets' counts and versions, and the events, guarded by the versions they follow."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from common.database import Row, Transaction, rows_query
from common.identity import Identity
from common.ids import new_id
from common.logs import traceparent
from common.problems import Unavailable
from common.routing import dump
from contracts.tickets import CommentAdded, CommentFacts
from tickets.problems import TicketNotFound
from tickets.queries.find_head import find_heads, lock_head
from tickets.tables import outbox
from tickets.usecases.drafts import Draft, write
from tickets.usecases.parts import Parts
from tickets.usecases.written import Head, Written

# Nobody waits for a ticket's lock here, for all would: who holds one is waited for in `add_comment`.
_ADD = rows_query(
    """
    WITH new AS (
        SELECT * FROM {rows}
    ), held AS MATERIALIZED (
        SELECT id FROM tickets WHERE id IN (SELECT ticket_id FROM new) FOR NO KEY UPDATE SKIP LOCKED
    ), ticket AS (
        UPDATE tickets SET version = new.version, comment_count = comment_count + 1
        FROM held JOIN new ON new.ticket_id = held.id
        WHERE tickets.id = held.id AND tickets.version = new.version - 1
        RETURNING tickets.id
    ), comment AS (
        INSERT INTO comments (id, ticket_id, author_id, body, created_at)
        SELECT new.id, ticket_id, author_id, text, created_at FROM new JOIN ticket ON ticket.id = ticket_id
    )
    INSERT INTO events (aggregate_id, version, type, subject, body)
    SELECT aggregate_id, version, type, subject, body FROM new JOIN ticket ON ticket.id = ticket_id
    RETURNING aggregate_id
    """,
    id="uuid",
    ticket_id="uuid",
    author_id="uuid",
    text="text",
    created_at="timestamptz",
    **outbox.COLUMNS,
)


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment that somebody wants on the ticket that `reference` names."""

    caller: Identity
    reference: str
    text: str
    traceparent: str | None = field(default_factory=traceparent.get)


async def add_comments(
    tx: Transaction, parts: Parts, wanted: Sequence[Remark]
) -> list[Written | TicketNotFound | None]:
    """The comments; None in the place of one whose ticket is being changed, or has another comment before it here.

    For those call `add_comment`.
    """
    heads = await find_heads(tx, [each.reference for each in wanted])
    drafts: dict[UUID, Draft] = {}
    placed: list[Draft | TicketNotFound | None] = []
    for each, ticket in zip(wanted, heads, strict=True):
        if ticket is None:
            placed.append(TicketNotFound())
        elif ticket.id in drafts:
            placed.append(None)
        else:
            placed.append(drafts.setdefault(ticket.id, _draft(each, ticket)))
    return await write(tx, parts, _ADD, placed)


async def add_comment(tx: Transaction, parts: Parts, wanted: Remark) -> Written:
    """One comment, however many others write to its ticket: it is locked until the transaction ends."""
    (written,) = await write(tx, parts, _ADD, [_draft(wanted, await lock_head(tx, wanted.reference))])
    if written is None:
        raise Unavailable
    return written


def _draft(wanted: Remark, ticket: Row) -> Draft:
    caller, user = wanted.caller, wanted.caller.user
    head = Head(ticket.id, ticket.display_id, ticket.version + 1)
    facts = CommentFacts(id=new_id(), ticket_id=ticket.id, body=wanted.text, author=caller.actor, created_at=ticket.now)
    event = CommentAdded(
        source="tickets",
        subject=str(ticket.id),
        time=ticket.now,
        version=head.version,
        traceparent=wanted.traceparent,
        actor=caller.actor,
        data=facts,
    )
    columns = {
        "id": facts.id,
        "ticket_id": ticket.id,
        "author_id": caller.id,
        "text": wanted.text,
        "created_at": ticket.now,
    }
    body = dump(
        {
            "id": facts.id,
            "body": wanted.text,
            "createdAt": ticket.now,
            "author": {"id": user.id, "username": user.username, "displayName": user.display_name, "role": user.role},
        }
    )
    return Draft(columns, event, head, Written(body, ticket.id, head.version))
