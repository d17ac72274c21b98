"""Change a ticket: what really changes is written with its event, guarded by the version it was computed from."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from common.database import Row, Transaction, query
from common.event import Actor
from common.identity import Identity
from common.logs import traceparent
from contracts.tickets import AssigneeChanged, Change, Rerouted, Route, TicketChanges, TicketUpdated
from tickets import rules
from tickets.problems import OnlyAdminsClose, TicketChanged, UnknownAssignee
from tickets.queries.get_ticket import detail_body, find_ticket, find_ticket_and_person
from tickets.queries.names import NODES, Names, look_up, person
from tickets.schemas import Status, TicketPatch
from tickets.search_text import searchable
from tickets.tables import outbox
from tickets.usecases.parts import Parts
from tickets.usecases.written import Announce, Head, Written

# As in create_ticket, a new assignee's row is locked against being deleted at this moment. `words` is NULL where
# neither title nor overview changed.
_UPDATE = query(
    """
    WITH assignee AS MATERIALIZED (
        SELECT id FROM known_users WHERE id = %(new_assignee_id)s AND NOT deleted FOR SHARE
    ), ticket AS (
        UPDATE tickets
        SET title = %(title)s, overview = %(overview)s, severity = %(severity)s, status = %(status)s,
            category_id = %(category_id)s, type_id = %(type_id)s, item_id = %(item_id)s,
            assignee_id = %(assignee_id)s, updated_at = %(updated_at)s, resolved_at = %(resolved_at)s,
            closed_at = %(closed_at)s, auto_close_at = %(auto_close_at)s, version = %(version)s,
            fields_version = %(version)s
        WHERE id = %(id)s AND version = %(version)s - 1
          AND (%(new_assignee_id)s::uuid IS NULL OR EXISTS (SELECT FROM assignee))
        RETURNING id
    ), found AS (
        UPDATE search SET words = %(words)s FROM ticket WHERE ticket_id = ticket.id AND %(words)s::text IS NOT NULL
    )
    INSERT INTO events (aggregate_id, version, type, subject, body)
    SELECT %(aggregate_id)s, %(version)s, %(type)s, %(subject)s, %(body)s FROM ticket
    """
)


async def update_ticket(
    tx: Transaction,
    parts: Parts,
    caller: Identity,
    reference: str,
    patch: TicketPatch,
    *,
    auto_close: timedelta,
    asked: bool,
    if_match: int | None = None,
    lock: bool = False,
) -> Written | None:
    """The changed ticket; None where somebody else changed it meanwhile: then call again with `lock`, in a transaction.

    Without a lock this takes two round trips, which is what almost every change needs. `Unheard` where it points to
    what was not heard of, unless the owners were asked (`asked`).
    """
    sent = {name: getattr(patch, name) for name in patch.model_fields_set}
    ticket = await find_ticket_and_person(tx, reference, sent.get("assignee_id"), lock=lock)
    if "status" in sent and not rules.may_set_status(caller.role, sent["status"]):
        raise OnlyAdminsClose
    if if_match is not None and if_match < ticket.fields_version:
        raise TicketChanged
    rerouted = any(sent.get(name, getattr(ticket, name)) != getattr(ticket, name) for name in NODES)
    names = await _names(tx, ticket, sent, rerouted=rerouted, asked=asked)
    route = None
    if rerouted and names is not None:
        route = (_route_now(ticket), rules.route_of(names.category, names.type, names.item))
    changes = rules.diff(ticket, sent, route=route, assignee=names.assignee if names else _person(ticket))
    if not changes:
        return Written(detail_body(ticket), ticket.id, ticket.version)
    await parts.announce(Head(ticket.id, ticket.display_id, ticket.version + 1))
    return await write_changes(tx, ticket, changes, actor=caller.actor, names=names, auto_close=auto_close)


async def change_unasked(
    tx: Transaction,
    announce: Announce,
    ticket_id: UUID,
    change: Callable[[Row], Change],
    *,
    actor: Actor,
    auto_close: timedelta = timedelta(),
) -> bool:
    """Announce and write one change that no request asked for. Whether it was written; the caller holds the row."""
    ticket = await find_ticket(tx, str(ticket_id))
    await announce(Head(ticket.id, ticket.display_id, ticket.version + 1))
    written = await write_changes(tx, ticket, [change(ticket)], actor=actor, names=None, auto_close=auto_close)
    return written is not None


async def write_changes(
    tx: Transaction, ticket: Row, changes: list[Change], *, actor: Actor, names: Names | None, auto_close: timedelta
) -> Written | None:
    """Write the changes of one ticket with their event. None where its version is no longer the one in `ticket`."""
    values = _values(ticket, changes, auto_close)
    event = TicketUpdated(
        source="tickets",
        subject=str(ticket.id),
        time=ticket.now,
        version=ticket.version + 1,
        traceparent=traceparent.get(),
        actor=actor,
        data=TicketChanges(id=ticket.id, display_id=ticket.display_id, changes=changes),
    )
    retold = values["title"] != ticket.title or values["overview"] != ticket.overview
    words = searchable(values["title"], values["overview"], ticket.display_id) if retold else None
    new_assignee = next((change.after for change in changes if isinstance(change, AssigneeChanged)), None)
    written = await tx.execute(
        _UPDATE,
        id=ticket.id,
        words=words,
        new_assignee_id=new_assignee and new_assignee.id,
        **values,
        **outbox.row(event),
    )
    if not written:
        if new_assignee is not None and await _is_gone(tx, new_assignee):
            raise UnknownAssignee
        return None
    changed = ticket._replace(**values, **_shown_names(changes, names), version=event.version)
    return Written(detail_body(changed), ticket.id, event.version)


async def _names(tx: Transaction, ticket: Row, sent: Mapping[str, Any], *, rerouted: bool, asked: bool) -> Names | None:
    """The names of what changes; None where the path does not, and the assignee stays or came with the ticket."""
    wanted: dict[str, UUID | None] = {}
    if rerouted:
        wanted |= {name: sent.get(name, getattr(ticket, name)) for name in NODES}
    assigned = sent.get("assignee_id") not in {None, ticket.assignee_id}
    if assigned and (rerouted or _person(ticket) is None):
        wanted["assignee_id"] = sent["assignee_id"]
    return await look_up(tx, wanted, asked=asked) if wanted else None


def _person(ticket: Row) -> Actor | None:
    return person(ticket.person_id, ticket.person_username, ticket.person_display_name, deleted=ticket.person_deleted)


def _route_now(ticket: Row) -> Route:
    return Route(
        category_id=ticket.category_id,
        type_id=ticket.type_id,
        item_id=ticket.item_id,
        path=rules.SEPARATOR.join((ticket.category_name, ticket.type_name, ticket.item_name)),
    )


def _values(ticket: Row, changes: list[Change], auto_close: timedelta) -> dict[str, Any]:
    """The columns after the changes."""
    values = {
        name: getattr(ticket, name) for name in ("title", "overview", "severity", "status", *NODES, "assignee_id")
    }
    for change in changes:
        match change:
            case AssigneeChanged():
                values["assignee_id"] = change.after and change.after.id
            case Rerouted():
                values |= {name: getattr(change.after, name) for name in NODES}
            case _:
                values[change.field] = change.after
    values |= rules.dates_after(ticket, Status(values["status"]), ticket.now, auto_close)
    return values | {"updated_at": ticket.now}


def _shown_names(changes: list[Change], names: Names | None) -> dict[str, Any]:
    """The name columns of the row after the changes."""
    shown: dict[str, Any] = {}
    for change in changes:
        if isinstance(change, AssigneeChanged):
            shown["assignee_username"] = change.after and change.after.username
            shown["assignee_display_name"] = change.after and change.after.display_name
            shown["assignee_deleted"] = False
        elif isinstance(change, Rerouted) and names is not None:
            for kind in ("category", "type", "item"):
                shown[f"{kind}_name"] = getattr(names, kind).name
                shown[f"{kind}_deleted"] = False
    return shown


_GONE = query("SELECT NOT EXISTS (SELECT FROM known_users WHERE id = %(id)s AND NOT deleted)")


async def _is_gone(tx: Transaction, person: Actor) -> bool:
    return bool(await tx.scalar(_GONE, id=person.id))
