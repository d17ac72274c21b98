"""Create tickets: their rows, their searchable texts and their events, in one statement however many they are."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from common.database import Transaction, rows_query
from common.identity import Identity
from common.ids import new_id
from common.logs import traceparent
from common.problems import Problem
from contracts.tickets import TicketCreated, TicketFacts
from tickets.display_id import display_id
from tickets.problems import UnknownAssignee
from tickets.queries.get_ticket import detail_body
from tickets.queries.names import NODES, Names, Unheard, rows_of, understood
from tickets.rules import route_of
from tickets.schemas import NewTicket
from tickets.search_text import searchable
from tickets.tables import outbox
from tickets.usecases.parts import Parts
from tickets.usecases.written import Head, Written

# An assignee's row is locked against being deleted at this moment: either we see the deletion, or the deletion sees
# this ticket and unassigns it.
_CREATE = rows_query(
    """
    WITH new AS (
        SELECT * FROM {rows}
    ), assignees AS MATERIALIZED (
        SELECT id FROM known_users WHERE id IN (SELECT assignee_id FROM new) AND NOT deleted FOR SHARE
    ), ticket AS (
        INSERT INTO tickets (id, display_id, title, overview, severity, status, category_id, type_id, item_id,
                             assignee_id, created_by_id, created_at, updated_at, version, fields_version,
                             comment_count)
        SELECT id, display_id, title, overview, severity, 'OPEN', category_id, type_id, item_id,
               assignee_id, created_by_id, created_at, created_at, version, version, 0
        FROM new WHERE assignee_id IS NULL OR assignee_id IN (SELECT id FROM assignees)
        RETURNING id
    ), found AS (
        INSERT INTO search (ticket_id, words) SELECT id, words FROM new JOIN ticket USING (id)
    )
    INSERT INTO events (aggregate_id, version, type, subject, body)
    SELECT aggregate_id, version, type, subject, body FROM new JOIN ticket USING (id)
    RETURNING aggregate_id
    """,
    id="uuid",
    display_id="text",
    title="text",
    overview="text",
    severity="smallint",
    category_id="uuid",
    type_id="uuid",
    item_id="uuid",
    assignee_id="uuid",
    created_by_id="uuid",
    created_at="timestamptz",
    words="text",
    **outbox.COLUMNS,
)


@dataclass(frozen=True, slots=True)
class Creation:
    """A ticket that somebody wants. `asked` says that the owners were asked about what it points to."""

    caller: Identity
    new: NewTicket
    asked: bool
    traceparent: str | None = field(default_factory=traceparent.get)


async def create_tickets(tx: Transaction, parts: Parts, wanted: Sequence[Creation]) -> list[Written | Exception]:
    """The new tickets. In the place of one that cannot be: `Unheard` if the owners may know more, else its problem."""
    pointed = [{name: getattr(each.new, name) for name in (*NODES, "assignee_id")} for each in wanted]
    drafts: list[_Draft | Exception] = []
    for each, ids, row in zip(wanted, pointed, await rows_of(tx, pointed, numbered=True), strict=True):
        try:
            drafts.append(_draft(each, understood(row, ids, asked=each.asked)))
        except (Problem, Unheard) as error:
            drafts.append(error)
    possible = [draft for draft in drafts if isinstance(draft, _Draft)]
    written = set()
    if possible:
        await parts.announce(*(Head(draft.id, draft.columns["display_id"], 1) for draft in possible))
        rows = [draft.columns | {"words": draft.words} | outbox.row(draft.event) for draft in possible]
        written = {row.aggregate_id for row in await tx.over(_CREATE, rows)}
    return [_result(draft, written) if isinstance(draft, _Draft) else draft for draft in drafts]


async def create_ticket(tx: Transaction, parts: Parts, wanted: Creation) -> Written:
    """One new ticket. Raises what `create_tickets` returns in the place of one that cannot be."""
    (result,) = await create_tickets(tx, parts, [wanted])
    if isinstance(result, Exception):
        raise result
    return result


@dataclass(frozen=True, slots=True)
class _Draft:
    """A ticket as it is about to be written."""

    id: UUID
    columns: dict[str, Any]
    words: str
    event: TicketCreated
    caller: Identity
    names: Names


def _draft(creation: Creation, names: Names) -> _Draft:
    """`BrokenPath` where its category, type and item are none, or do not belong together."""
    caller, new = creation.caller, creation.new
    ticket_id, number = new_id(), display_id(names.number)
    event = TicketCreated(
        source="tickets",
        subject=str(ticket_id),
        time=names.now,
        version=1,
        traceparent=creation.traceparent,
        actor=caller.actor,
        data=TicketFacts(
            id=ticket_id,
            display_id=number,
            title=new.title,
            overview=new.overview,
            severity=new.severity,
            status="OPEN",
            route=route_of(names.category, names.type, names.item),
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
        "created_at": names.now,
    }
    return _Draft(ticket_id, columns, searchable(new.title, new.overview, number), event, caller, names)


def _result(draft: _Draft, written: Collection[str]) -> Written | UnknownAssignee:
    """The answer, made of what was written. Only an assignee who was just deleted keeps a draft from it."""
    if str(draft.id) not in written:
        return UnknownAssignee()
    names, creator = draft.names, draft.caller.user
    row = SimpleNamespace(
        **draft.columns,
        status="OPEN",
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
        creator_username=creator.username,
        creator_display_name=creator.display_name,
        creator_deleted=False,
    )
    return Written(detail_body(row), draft.id, 1)
