"""Create tickets: their rows, their searchable texts and their events, in one statement however many they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from common.database import Row, RowsQuery, Transaction, rows_query
from common.identity import Identity
from common.ids import new_id
from common.logs import traceparent
from common.problems import Problem
from contracts.tickets import TicketCreated, TicketFacts
from tickets.display_id import display_id
from tickets.problems import UnknownAssignee
from tickets.queries.get_ticket import detail_body
from tickets.queries.names import POINTERS, Names, Unheard, rows_of, understood
from tickets.rules import route_of
from tickets.schemas import NewTicket
from tickets.search_text import searchable
from tickets.tables import outbox
from tickets.usecases.drafts import Draft, write
from tickets.usecases.parts import Parts
from tickets.usecases.written import Head, Written


def _create(wait: str) -> RowsQuery:
    return rows_query(
        f"""
        WITH new AS (
            SELECT * FROM {{rows}}
        ), assignees AS MATERIALIZED (
            SELECT id FROM known_users WHERE id IN (SELECT assignee_id FROM new) AND NOT deleted FOR SHARE {wait}
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


# An assignee's row is locked against being deleted at this moment: either we see the deletion, or the deletion sees
# this ticket and unassigns it. Together nobody waits for such a lock, for all would.
_ALONE = _create("")
_TOGETHER = _create("SKIP LOCKED")


@dataclass(frozen=True, slots=True)
class Creation:
    """A ticket that somebody wants. `asked` says that the owners were asked about what it points to."""

    caller: Identity
    new: NewTicket
    asked: bool
    traceparent: str | None = field(default_factory=traceparent.get)


async def create_tickets(tx: Transaction, parts: Parts, wanted: Sequence[Creation]) -> list[Written | Exception | None]:
    """The new tickets. In the place of one that cannot be: `Unheard` if the owners may know more, else its problem.

    None where the assignee is being changed at this moment: for that one call `create_ticket`.
    """
    placed: list[Draft | Exception] = []
    for each, row in zip(wanted, await _look_up(tx, wanted), strict=True):
        try:
            placed.append(_draft(each, row))
        except (Problem, Unheard) as error:
            placed.append(error)
    return await write(tx, parts, _TOGETHER, placed)


async def create_ticket(tx: Transaction, parts: Parts, wanted: Creation) -> Written:
    """One new ticket. `Unheard` or its problem where it cannot be."""
    (row,) = await _look_up(tx, [wanted])
    (written,) = await write(tx, parts, _ALONE, [_draft(wanted, row)])
    if written is None:
        raise UnknownAssignee  # deleted since they were looked up
    return written


async def _look_up(tx: Transaction, wanted: Sequence[Creation]) -> list[Row]:
    return await rows_of(tx, [_pointed(each.new) for each in wanted], numbered=True)


def _pointed(new: NewTicket) -> dict[str, UUID | None]:
    return {name: getattr(new, name) for name in POINTERS}


def _draft(creation: Creation, row: Row) -> Draft:
    """What `row` says it points to, made a ticket. Raises as `understood` and `route_of` do."""
    caller, new = creation.caller, creation.new
    names = understood(row, _pointed(new), asked=creation.asked)
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
    words = searchable(new.title, new.overview, number)
    answer = Written(_body(columns, names, caller), ticket_id, 1)
    return Draft(columns | {"words": words}, event, Head(ticket_id, number, 1), answer)


def _body(columns: Mapping[str, Any], names: Names, caller: Identity) -> bytes:
    """The new ticket as GET answers it."""
    row = SimpleNamespace(
        **columns,
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
        creator_username=caller.user.username,
        creator_display_name=caller.user.display_name,
        creator_deleted=False,
    )
    return detail_body(row)
