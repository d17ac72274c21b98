"""What may be done to a ticket, and what a change really changes. Pure: no database, no clock."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from common.event import Actor
from common.identity import Role
from contracts.tickets import (
    AssigneeChanged,
    Change,
    OverviewChanged,
    Rerouted,
    Route,
    SeverityChanged,
    StatusChanged,
    TitleChanged,
)
from tickets.problems import BrokenPath
from tickets.schemas import Status

SEPARATOR = " › "


@dataclass(frozen=True, slots=True)
class Node:
    """A category, type or item as tickets has heard of it."""

    id: UUID
    level: str
    parent_id: UUID | None
    name: str
    deleted: bool


def may_set_status(role: Role, status: Status) -> bool:
    """Only an ADMIN closes by hand, also what is closed already."""
    return status != Status.CLOSED or role == Role.ADMIN


def may_delete_comment(role: Role, caller: UUID, author: UUID) -> bool:
    return role == Role.ADMIN or caller == author


def route_of(category: Node | None, type_: Node | None, item: Node | None) -> Route:
    """The path that three nodes make. `BrokenPath` names each id that is unknown, deleted or elsewhere in the tree."""
    errors = []
    if category is None or category.level != "category" or category.deleted:
        errors.append(("categoryId", "is not the id of a category; GET /api/cti/categories lists them"))
    if type_ is None or type_.level != "type" or type_.deleted:
        errors.append(("typeId", "is not the id of a type; GET /api/cti/types?categoryId= lists them"))
    elif category is not None and type_.parent_id != category.id:
        errors.append(("typeId", "is a type of another category; the three ids of a route belong together"))
    if item is None or item.level != "item" or item.deleted:
        errors.append(("itemId", "is not the id of an item; GET /api/cti/items?typeId= lists them"))
    elif type_ is not None and item.parent_id != type_.id:
        errors.append(("itemId", "is an item of another type; the three ids of a route belong together"))
    if errors or category is None or type_ is None or item is None:
        raise BrokenPath(*errors)
    return Route(
        category_id=category.id,
        type_id=type_.id,
        item_id=item.id,
        path=SEPARATOR.join((category.name, type_.name, item.name)),
    )


def diff(
    ticket: Any, sent: dict[str, Any], *, route: tuple[Route, Route] | None, assignee: Actor | None
) -> list[Change]:
    """The fields of `sent` that differ from the ticket's, in the order in which the audit log shows them.

    `route` is the path before and after where one of the three ids changes, `assignee` the new assignee if any.
    """
    changes: list[Change] = []
    if "title" in sent and sent["title"] != ticket.title:
        changes.append(TitleChanged(before=ticket.title, after=sent["title"]))
    if "overview" in sent and sent["overview"] != ticket.overview:
        changes.append(OverviewChanged(before=ticket.overview, after=sent["overview"]))
    if "severity" in sent and sent["severity"] != ticket.severity:
        changes.append(SeverityChanged(before=ticket.severity, after=sent["severity"]))
    if "status" in sent and sent["status"] != ticket.status:
        changes.append(StatusChanged(before=ticket.status, after=sent["status"].value))
    if "assignee_id" in sent and sent["assignee_id"] != ticket.assignee_id:
        changes.append(AssigneeChanged(before=assignee_of(ticket), after=assignee))
    if route is not None:
        changes.append(Rerouted(before=route[0], after=route[1]))
    return changes


def assignee_of(ticket: Any) -> Actor | None:
    if ticket.assignee_id is None:
        return None
    return Actor(id=ticket.assignee_id, username=ticket.assignee_username, display_name=ticket.assignee_display_name)


def dates_after(ticket: Any, status: Status, now: datetime, auto_close: timedelta) -> dict[str, datetime | None]:
    """resolved_at, closed_at and auto_close_at once the ticket has `status`.

    Only entering RESOLVED starts the clock and only leaving it stops it.
    """
    resolved_at, closed_at, auto_close_at = ticket.resolved_at, ticket.closed_at, ticket.auto_close_at
    if status != ticket.status:
        match status:
            case Status.OPEN | Status.IN_PROGRESS:
                resolved_at = closed_at = auto_close_at = None
            case Status.RESOLVED:
                resolved_at, closed_at, auto_close_at = now, None, now + auto_close
            case Status.CLOSED:
                closed_at, auto_close_at = now, None
    return {"resolved_at": resolved_at, "closed_at": closed_at, "auto_close_at": auto_close_at}
