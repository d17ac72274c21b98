"""What an entry of the audit log says of an event. Pure: the same event gives the same entries, with the same ids."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID, uuid5

from common.dead_letters import Unreadable
from common.event import Actor
from contracts.tickets import (
    AssigneeChanged,
    Change,
    CommentAdded,
    CommentDeleted,
    OverviewChanged,
    Rerouted,
    SeverityChanged,
    Status,
    StatusChanged,
    TicketCreated,
    TicketUpdated,
    TitleChanged,
)

Recorded = TicketCreated | TicketUpdated | CommentAdded | CommentDeleted
"""The events that leave entries."""

ENTRY_IDS = UUID("6a1f3c1e-5f0e-5a53-9a5e-0d6d6f1b7c11")
STATUS_LABELS: dict[Status, str] = {
    "OPEN": "Open",
    "IN_PROGRESS": "In Progress",
    "RESOLVED": "Resolved",
    "CLOSED": "Closed",
}
NOBODY = "Unassigned"

# The changes of one request share their time; this is their order within it.
_ORDER = (TitleChanged, OverviewChanged, SeverityChanged, StatusChanged, AssigneeChanged, Rerouted)


class Action(StrEnum):
    CREATED = "CREATED"
    TITLE_CHANGED = "TITLE_CHANGED"
    OVERVIEW_CHANGED = "OVERVIEW_CHANGED"
    SEVERITY_CHANGED = "SEVERITY_CHANGED"
    STATUS_CHANGED = "STATUS_CHANGED"
    ASSIGNEE_CHANGED = "ASSIGNEE_CHANGED"
    REROUTED = "REROUTED"
    COMMENT_ADDED = "COMMENT_ADDED"
    COMMENT_DELETED = "COMMENT_DELETED"


@dataclass(frozen=True, slots=True)
class Entry:
    action: Action
    detail: str | None


def entries_of(event: Recorded) -> list[Entry]:
    """The entries of one event, in their order."""
    match event:
        case TicketCreated():
            return [Entry(Action.CREATED, None)]
        case TicketUpdated():
            return [_changed(change) for change in sorted(event.data.changes, key=lambda c: _ORDER.index(type(c)))]
        case CommentAdded():
            return [Entry(Action.COMMENT_ADDED, event.data.body)]
        case CommentDeleted():
            return [Entry(Action.COMMENT_DELETED, event.data.body)]


def actor_of(event: Recorded) -> Actor:
    """Who did it, as they were called then. `Unreadable` where the event does not say."""
    if event.actor is None:
        raise Unreadable(f"{event.type} without an actor")
    return event.actor


def entry_id(ticket_id: UUID, version: int, idx: int) -> UUID:
    """The same for the same entry, however often the log is built anew."""
    return uuid5(ENTRY_IDS, f"{ticket_id}/{version}/{idx}")


def _changed(change: Change) -> Entry:
    match change:
        case TitleChanged():
            return Entry(Action.TITLE_CHANGED, change.after)
        case OverviewChanged():
            return Entry(Action.OVERVIEW_CHANGED, None)
        case SeverityChanged():
            return Entry(Action.SEVERITY_CHANGED, f"SEV {change.before} → SEV {change.after}")
        case StatusChanged():
            return Entry(Action.STATUS_CHANGED, f"{STATUS_LABELS[change.before]} → {STATUS_LABELS[change.after]}")
        case AssigneeChanged():
            return Entry(Action.ASSIGNEE_CHANGED, f"{_name(change.before)} → {_name(change.after)}")
        case Rerouted():
            return Entry(Action.REROUTED, f"{change.before.path} → {change.after.path}")


def _name(person: Actor | None) -> str:
    return NOBODY if person is None else person.display_name
