"""What tickets says: each change of a ticket and each comment, with the names as they were at that moment."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

from common.event import Actor, Event, Fact

Status = Literal["OPEN", "IN_PROGRESS", "RESOLVED", "CLOSED"]


class Route(Fact):
    """Category, type and item, and the path as people read it: `Hardware › Server › Disk`."""

    category_id: UUID
    type_id: UUID
    item_id: UUID
    path: str


class TicketFacts(Fact):
    """A ticket at its creation."""

    id: UUID
    display_id: str
    title: str
    overview: str
    severity: int
    status: Status
    route: Route
    assignee: Actor | None = None
    created_by: Actor
    created_at: datetime


class TicketCreated(Event):
    """A ticket was created."""

    SUBJECT: ClassVar = "evt.ticket.{id}"
    type: Literal["ticket.created.v1"] = "ticket.created.v1"
    data: TicketFacts


class TitleChanged(Fact):
    field: Literal["title"] = "title"
    before: str
    after: str


class OverviewChanged(Fact):
    field: Literal["overview"] = "overview"
    before: str
    after: str


class SeverityChanged(Fact):
    field: Literal["severity"] = "severity"
    before: int
    after: int


class StatusChanged(Fact):
    field: Literal["status"] = "status"
    before: Status
    after: Status


class AssigneeChanged(Fact):
    field: Literal["assignee"] = "assignee"
    before: Actor | None
    after: Actor | None


class Rerouted(Fact):
    field: Literal["route"] = "route"
    before: Route
    after: Route


Change = TitleChanged | OverviewChanged | SeverityChanged | StatusChanged | AssigneeChanged | Rerouted


class TicketChanges(Fact):
    """The fields that one request really changed, each once, in a fixed order."""

    id: UUID
    display_id: str
    changes: list[Change]


class TicketUpdated(Event):
    """A ticket was changed by one request (or by the clock: then the actor is the system user)."""

    SUBJECT: ClassVar = "evt.ticket.{id}"
    type: Literal["ticket.updated.v1"] = "ticket.updated.v1"
    data: TicketChanges


class DeletedTicket(Fact):
    """A ticket that is gone. Nothing of its text is said here."""

    id: UUID
    display_id: str


class TicketDeleted(Event):
    """A ticket was deleted with its comments; whoever keeps words of it forgets them now."""

    SUBJECT: ClassVar = "evt.ticket.{id}"
    type: Literal["ticket.deleted.v1"] = "ticket.deleted.v1"
    data: DeletedTicket


class CommentFacts(Fact):
    """A comment with its author."""

    id: UUID
    ticket_id: UUID
    body: str
    author: Actor
    created_at: datetime


class CommentAdded(Event):
    """A comment was added to a ticket."""

    SUBJECT: ClassVar = "evt.ticket.{id}"
    type: Literal["comment.added.v1"] = "comment.added.v1"
    data: CommentFacts


class CommentDeleted(Event):
    """A comment was deleted; `actor` is who deleted it, `data.author` who had written it."""

    SUBJECT: ClassVar = "evt.ticket.{id}"
    type: Literal["comment.deleted.v1"] = "comment.deleted.v1"
    data: CommentFacts
