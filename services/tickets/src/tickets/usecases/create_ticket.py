"""Create a ticket: the row, its searchable text and its event, in one statement."""

from types import SimpleNamespace

from common.database import Transaction, query
from common.identity import Identity
from common.ids import new_id
from common.logs import traceparent
from contracts.tickets import TicketCreated, TicketFacts
from tickets.display_id import display_id
from tickets.problems import UnknownAssignee
from tickets.queries.get_ticket import detail_body
from tickets.queries.names import look_up
from tickets.rules import route_of
from tickets.schemas import NewTicket
from tickets.search_text import searchable
from tickets.tables import outbox
from tickets.usecases.parts import Parts
from tickets.usecases.written import Written, head

# The assignee's row is locked against being deleted at this moment: either we see the deletion, or the deletion
# sees this ticket and unassigns it.
_CREATE = query(
    """
    WITH assignee AS MATERIALIZED (
        SELECT id FROM known_users WHERE id = %(assignee_id)s AND NOT deleted FOR SHARE
    ), ticket AS (
        INSERT INTO tickets (id, display_id, title, overview, severity, status, category_id, type_id, item_id,
                             assignee_id, created_by_id, created_at, updated_at, version, fields_version,
                             comment_count)
        SELECT %(id)s, %(display_id)s, %(title)s, %(overview)s, %(severity)s, 'OPEN', %(category_id)s, %(type_id)s,
               %(item_id)s, %(assignee_id)s, %(created_by_id)s, %(now)s, %(now)s, 1, 1, 0
        WHERE %(assignee_id)s::uuid IS NULL OR EXISTS (SELECT FROM assignee)
        RETURNING id
    ), found AS (
        INSERT INTO search (ticket_id, words) SELECT id, %(words)s FROM ticket
    )
    INSERT INTO events (aggregate_id, version, type, subject, body)
    SELECT %(aggregate_id)s, %(version)s, %(type)s, %(subject)s, %(body)s FROM ticket
    """
)


async def create_ticket(tx: Transaction, parts: Parts, caller: Identity, new: NewTicket, *, asked: bool) -> Written:
    """The new ticket. `Unheard` where it points to what was not heard of, unless the owners were asked (`asked`)."""
    names = await look_up(
        tx,
        {
            "category_id": new.category_id,
            "type_id": new.type_id,
            "item_id": new.item_id,
            "assignee_id": new.assignee_id,
        },
        asked=asked,
        numbered=True,
    )
    route = route_of(names.category, names.type, names.item)
    ticket_id, number = new_id(), display_id(names.number)
    event = TicketCreated(
        source="tickets",
        subject=str(ticket_id),
        time=names.now,
        version=1,
        traceparent=traceparent.get(),
        actor=caller.actor,
        data=TicketFacts(
            id=ticket_id,
            display_id=number,
            title=new.title,
            overview=new.overview,
            severity=new.severity,
            status="OPEN",
            route=route,
            assignee=names.assignee,
            created_by=caller.actor,
            created_at=names.now,
        ),
    )
    columns = {
        "id": ticket_id,
        "display_id": number,
        "title": new.title,
        "overview": new.overview,
        "severity": new.severity,
        "category_id": new.category_id,
        "type_id": new.type_id,
        "item_id": new.item_id,
        "assignee_id": new.assignee_id,
        "created_by_id": caller.id,
    }
    await parts.announce(head(ticket_id, number, 1))
    written = await tx.execute(
        _CREATE,
        **columns,
        now=names.now,
        words=searchable(new.title, new.overview, number),
        **outbox.row(event),
    )
    if not written:
        raise UnknownAssignee
    row = SimpleNamespace(
        **columns,
        status="OPEN",
        created_at=names.now,
        updated_at=names.now,
        resolved_at=None,
        closed_at=None,
        auto_close_at=None,
        comment_count=0,
        comments="[]",
        category_name=names.category.name if names.category else "",
        category_deleted=False,
        type_name=names.type.name if names.type else "",
        type_deleted=False,
        item_name=names.item.name if names.item else "",
        item_deleted=False,
        assignee_username=names.assignee and names.assignee.username,
        assignee_display_name=names.assignee and names.assignee.display_name,
        assignee_deleted=False,
        creator_username=caller.user.username,
        creator_display_name=caller.user.display_name,
        creator_deleted=False,
    )
    return Written(detail_body(row), ticket_id, 1)
