"""What happens to one ticket, as tickets would say it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from common.event import Actor, Event
from common.ids import new_id
from contracts.tickets import (
    Change,
    CommentAdded,
    CommentFacts,
    DeletedTicket,
    Route,
    TicketChanges,
    TicketCreated,
    TicketDeleted,
    TicketFacts,
    TicketUpdated,
)

E = TypeVar("E", bound=Event)

JOSH = Actor(id=new_id(), username="josh", display_name="Josh")


class Ticket:
    """The events of one ticket, each with the next version."""

    def __init__(self, display_id: str = "V325813929", *, by: Actor = JOSH) -> None:
        self.id: UUID = new_id()
        self.display_id = display_id
        self.events: list[Any] = []
        self._by = by

    def __str__(self) -> str:
        return str(self.id)

    def created(self) -> TicketCreated:
        route = Route(category_id=new_id(), type_id=new_id(), item_id=new_id(), path="Media › Plex › Backup")
        facts = TicketFacts(
            id=self.id,
            display_id=self.display_id,
            title="Backup",
            overview="It **broke**.",
            severity=3,
            status="OPEN",
            route=route,
            created_by=self._by,
            created_at=datetime.now(UTC),
        )
        return self._said(TicketCreated, facts)

    def updated(self, *changes: Change) -> TicketUpdated:
        return self._said(TicketUpdated, TicketChanges(id=self.id, display_id=self.display_id, changes=list(changes)))

    def commented(self, body: str) -> CommentAdded:
        facts = CommentFacts(id=new_id(), ticket_id=self.id, body=body, author=self._by, created_at=datetime.now(UTC))
        return self._said(CommentAdded, facts)

    def deleted(self) -> TicketDeleted:
        return self._said(TicketDeleted, DeletedTicket(id=self.id, display_id=self.display_id))

    def _said(self, kind: Callable[..., E], data: object) -> E:
        event = kind(
            source="tickets",
            subject=str(self.id),
            time=datetime.now(UTC),
            version=len(self.events) + 1,
            actor=self._by,
            data=data,
        )
        self.events.append(event)
        return event
