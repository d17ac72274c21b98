"""R37-R46: what an entry says of an event."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from audit.entries import STATUS_LABELS, Action, Entry, actor_of, entries_of, entry_id
from common.dead_letters import Unreadable
from common.event import Actor
from common.ids import new_id
from contracts.tickets import (
    AssigneeChanged,
    Change,
    CommentAdded,
    CommentDeleted,
    CommentFacts,
    OverviewChanged,
    Rerouted,
    Route,
    SeverityChanged,
    StatusChanged,
    TicketChanges,
    TicketCreated,
    TicketFacts,
    TicketUpdated,
    TitleChanged,
)

TICKET = new_id()
NOW = datetime(2026, 3, 30, 2, 0, tzinfo=UTC)
JOSH = Actor(id=new_id(), username="josh", display_name="Josh")
MIA = Actor(id=new_id(), username="mia", display_name="Mia")


def route(path: str) -> Route:
    return Route(category_id=new_id(), type_id=new_id(), item_id=new_id(), path=path)


def updated(*changes: Change, actor: Actor | None = JOSH) -> TicketUpdated:
    data = TicketChanges(id=TICKET, display_id="V325813929", changes=list(changes))
    return TicketUpdated(source="tickets", subject=str(TICKET), time=NOW, version=2, actor=actor, data=data)


def test_r38_a_creation_has_no_detail() -> None:
    data = TicketFacts(
        id=TICKET,
        display_id="V325813929",
        title="Backup",
        overview="It **broke**.",
        severity=3,
        status="OPEN",
        route=route("A › B › C"),
        created_by=JOSH,
        created_at=NOW,
    )
    event = TicketCreated(source="tickets", subject=str(TICKET), time=NOW, version=1, actor=JOSH, data=data)
    assert entries_of(event) == [Entry(Action.CREATED, None)]


@pytest.mark.parametrize(
    ("change", "action", "detail"),
    [
        (StatusChanged(before="OPEN", after="IN_PROGRESS"), "STATUS_CHANGED", "Open → In Progress"),
        (StatusChanged(before="RESOLVED", after="CLOSED"), "STATUS_CHANGED", "Resolved → Closed"),
        (SeverityChanged(before=3, after=1), "SEVERITY_CHANGED", "SEV 3 → SEV 1"),
        (AssigneeChanged(before=None, after=JOSH), "ASSIGNEE_CHANGED", "Unassigned → Josh"),
        (AssigneeChanged(before=JOSH, after=None), "ASSIGNEE_CHANGED", "Josh → Unassigned"),
        (AssigneeChanged(before=JOSH, after=MIA), "ASSIGNEE_CHANGED", "Josh → Mia"),
        (
            Rerouted(before=route("C › T › I"), after=route("C2 › T2 › I2")),
            "REROUTED",
            "C › T › I → C2 › T2 › I2",
        ),
        (TitleChanged(before="old", after="new"), "TITLE_CHANGED", "new"),
        (OverviewChanged(before="old", after="new"), "OVERVIEW_CHANGED", None),
    ],
)
def test_r39_to_r44_a_change_and_its_detail(change: Change, action: str, detail: str | None) -> None:
    assert entries_of(updated(change)) == [Entry(Action(action), detail)]


def test_r39_every_status_has_its_label() -> None:
    assert STATUS_LABELS == {"OPEN": "Open", "IN_PROGRESS": "In Progress", "RESOLVED": "Resolved", "CLOSED": "Closed"}


def test_r45_a_comment_is_its_own_detail() -> None:
    data = CommentFacts(id=new_id(), ticket_id=TICKET, body="Looked at it.\n", author=MIA, created_at=NOW)
    said = {"source": "tickets", "subject": str(TICKET), "time": NOW, "version": 2, "actor": JOSH, "data": data}
    assert entries_of(CommentAdded(**said)) == [Entry(Action.COMMENT_ADDED, "Looked at it.\n")]
    assert entries_of(CommentDeleted(**said)) == [Entry(Action.COMMENT_DELETED, "Looked at it.\n")]
    assert actor_of(CommentDeleted(**said)) == JOSH


def test_r46_every_changed_field_is_an_entry_in_a_fixed_order() -> None:
    changes: list[Change] = [
        TitleChanged(before="a", after="b"),
        OverviewChanged(before="a", after="b"),
        SeverityChanged(before=3, after=4),
        StatusChanged(before="OPEN", after="RESOLVED"),
        AssigneeChanged(before=None, after=MIA),
        Rerouted(before=route("x"), after=route("y")),
    ]
    expected = [
        "TITLE_CHANGED",
        "OVERVIEW_CHANGED",
        "SEVERITY_CHANGED",
        "STATUS_CHANGED",
        "ASSIGNEE_CHANGED",
        "REROUTED",
    ]
    assert [entry.action for entry in entries_of(updated(*changes))] == expected
    assert [entry.action for entry in entries_of(updated(*reversed(changes)))] == expected


def test_an_event_must_say_who_did_it() -> None:
    with pytest.raises(Unreadable):
        actor_of(updated(TitleChanged(before="a", after="b"), actor=None))


def test_an_entry_keeps_its_id_when_the_log_is_built_anew() -> None:
    ticket = UUID("01a21074-e322-7b77-bd03-9a94d2417fcd")
    assert entry_id(ticket, 7, 2) == UUID("71b59770-6dac-5438-bc6e-8ae8e16c9f6b")
    assert len({entry_id(ticket, version, idx) for version in range(1, 5) for idx in range(5)}) == 20
