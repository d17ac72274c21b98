"""The checkers, each seen to speak up: a small consistent world, and every way to break it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.auth import SYSTEM_USER_ID
from support.checkers import CHECKERS, closed_too_soon, violations
from support.history import History, Op, Verb
from support.snapshot import Entry, Said, Snapshot

AGENT, ADMIN, SYSTEM = "a1", "ad", str(SYSTEM_USER_ID)
TICKET, KEYED, GONE = (str(UUID(int=number)) for number in (1, 2, 3))
COMMENT, LOST_COMMENT = str(UUID(int=11)), str(UUID(int=12))
START = datetime.fromisoformat("2026-03-01T08:00:00+00:00")
ROUTE = {"categoryId": "c", "typeId": "t", "itemId": "i", "path": "C › T › I"}
ELSEWHERE = {"categoryId": "c2", "typeId": "t2", "itemId": "i2", "path": "C2 › T2 › I2"}
JOSH = {"id": "josh", "username": "josh", "displayName": "Josh"}

World = tuple[History, Snapshot]


def change(field: str, before: Any, after: Any) -> dict[str, Any]:
    return {"field": field, "before": before, "after": after}


def created(ticket: str, title: str) -> Said:
    data = {
        "id": ticket,
        "title": title,
        "overview": "o",
        "severity": 3,
        "status": "OPEN",
        "route": ROUTE,
        "assignee": None,
    }
    return Said(ticket, 1, "ticket.created.v1", AGENT, START, data)


def updated(version: int, actor: str, days: float, *changes: dict[str, Any]) -> Said:
    time = START + timedelta(days=days)
    return Said(TICKET, version, "ticket.updated.v1", actor, time, {"id": TICKET, "changes": list(changes)})


def commented(version: int, kind: str, comment: str, body: str) -> Said:
    return Said(TICKET, version, f"comment.{kind}.v1", AGENT, START + timedelta(days=2), {"id": comment, "body": body})


def entry(version: int, idx: int, action: str, detail: str | None, *, actor: str = AGENT, days: float = 0) -> Entry:
    return Entry(TICKET, version, idx, action, detail, actor, START + timedelta(days=days))


def row(ticket: str, **fields: Any) -> dict[str, Any]:
    plain = {"title": "T", "overview": "o", "severity": 3, "status": "OPEN", "assignee_id": None, "comment_count": 0}
    return {"id": ticket, "category_id": "c", "type_id": "t", "item_id": "i", "version": 1} | plain | fields


def asked(verb: Verb, status: int | None, **known: Any) -> Op:
    return Op(verb=verb, actor=known.pop("actor", AGENT), status=status, **known)


@pytest.fixture
def world() -> World:
    title = {"title": "Title w2"}
    keyed: dict[str, Any] = {
        "verb": Verb.CREATE,
        "actor": AGENT,
        "sent": {"title": "Keyed w3"},
        "word": "w3",
        "key": "k",
    }
    history = History(
        [
            asked(Verb.CREATE, 201, sent={"title": "Title w1"}, ticket=TICKET, version=1, word="w1"),
            asked(Verb.PATCH, 200, sent=title, ticket=TICKET, version=2, word="w2"),
            asked(Verb.COMMENT, 201, sent={"body": "Said w4"}, ticket=TICKET, comment=COMMENT, word="w4"),
            asked(Verb.UNCOMMENT, 204, ticket=TICKET, comment=LOST_COMMENT),
            Op(status=None, **keyed),
            Op(status=201, ticket=KEYED, **keyed),
            asked(Verb.CREATE, 201, sent={"title": "Gone w5"}, ticket=GONE, word="w5"),
            asked(Verb.DELETE, 204, actor=ADMIN, ticket=GONE),
            asked(Verb.CREATE, 422, sent={"title": "Bad w6"}, word="w6", meant_to_fail=True),
        ]
    )
    events = {
        TICKET: [
            created(TICKET, "Title w1"),
            updated(2, AGENT, 1, change("title", "Title w1", "Title w2"), change("severity", 3, 1)),
            commented(3, "added", COMMENT, "Said w4"),
            commented(4, "added", LOST_COMMENT, "Said w7"),
            commented(5, "deleted", LOST_COMMENT, "Said w7"),
            updated(6, AGENT, 3, change("assignee", None, JOSH), change("route", ROUTE, ELSEWHERE)),
            updated(7, AGENT, 4, change("status", "OPEN", "RESOLVED")),
            updated(8, SYSTEM, 18, change("status", "RESOLVED", "CLOSED")),
        ],
        KEYED: [created(KEYED, "Keyed w3")],
        GONE: [Said(GONE, 2, "ticket.deleted.v1", ADMIN, START, {"id": GONE})],
    }
    entries = {
        TICKET: [
            entry(1, 0, "CREATED", None),
            entry(2, 0, "TITLE_CHANGED", "Title w2", days=1),
            entry(2, 1, "SEVERITY_CHANGED", "SEV 3 → SEV 1", days=1),
            entry(3, 0, "COMMENT_ADDED", "Said w4", days=2),
            entry(4, 0, "COMMENT_ADDED", "Said w7", days=2),
            entry(5, 0, "COMMENT_DELETED", "Said w7", days=2),
            entry(6, 0, "ASSIGNEE_CHANGED", "Unassigned → Josh", days=3),
            entry(6, 1, "REROUTED", "C › T › I → C2 › T2 › I2", days=3),
            entry(7, 0, "STATUS_CHANGED", "Open → Resolved", days=4),
            entry(8, 0, "STATUS_CHANGED", "Resolved → Closed", actor=SYSTEM, days=18),
        ],
        KEYED: [Entry(KEYED, 1, 0, "CREATED", None, AGENT, START)],
    }
    ticket = row(
        TICKET,
        title="Title w2",
        severity=1,
        status="CLOSED",
        assignee_id="josh",
        version=8,
        comment_count=1,
        category_id="c2",
        type_id="t2",
        item_id="i2",
    )
    users = {"josh": {"id": "josh", "version": 3}}
    nodes = {"c": {"id": "c", "name": "C", "version": 1}}
    read = sorted(entries[TICKET], key=lambda each: (-each.version, each.idx))
    snapshot = Snapshot(
        tickets={TICKET: ticket, KEYED: row(KEYED, title="Keyed w3")},
        comments={COMMENT: {"id": COMMENT, "ticket_id": TICKET, "body": "Said w4"}},
        events=events,
        entries=entries,
        purged={GONE},
        owners={"users": users, "nodes": nodes},
        known={"audit.known_users": dict(users), "tickets.known_nodes": dict(nodes)},
        shown={TICKET: {"title": "Title w2", "status": "CLOSED", "_count": {"comments": 1}, "comments": [{}]}},
        logs={TICKET: [(each.action, each.detail, each.actor) for each in read]},
    )
    return history, snapshot


def test_a_consistent_world_is_left_alone(world: World) -> None:
    assert violations(*world) == []


def _lose_an_event(history: History, world: Snapshot) -> None:
    del world.events[TICKET][1]


def _lose_a_ticket(history: History, world: Snapshot) -> None:
    del world.tickets[KEYED]


def _lose_everything_of_a_ticket(history: History, world: Snapshot) -> None:
    del world.tickets[KEYED], world.events[KEYED], world.entries[KEYED]


def _lose_a_field(history: History, world: Snapshot) -> None:
    world.tickets[TICKET]["severity"] = 3


def _lose_a_comment(history: History, world: Snapshot) -> None:
    world.comments.clear()


def _miscount_comments(history: History, world: Snapshot) -> None:
    world.tickets[TICKET]["comment_count"] = 2


def _bring_back_what_was_deleted(history: History, world: Snapshot) -> None:
    world.tickets[GONE] = row(GONE)


def _forget_a_deletion(history: History, world: Snapshot) -> None:
    world.events[GONE] = [created(GONE, "Gone w5")]


def _show_an_old_title(history: History, world: Snapshot) -> None:
    world.shown[TICKET]["title"] = "Title w1"


def _lose_an_entry(history: History, world: Snapshot) -> None:
    del world.entries[TICKET][1]


def _blame_another(history: History, world: Snapshot) -> None:
    world.entries[TICKET][3] = replace(world.entries[TICKET][3], actor=ADMIN)


def _forget_who_deleted(history: History, world: Snapshot) -> None:
    world.purged.clear()


def _double_an_entry(history: History, world: Snapshot) -> None:
    world.entries[TICKET].append(replace(world.entries[TICKET][1], idx=2))


def _log_what_never_happened(history: History, world: Snapshot) -> None:
    world.entries[KEYED].append(Entry(KEYED, 2, 0, "COMMENT_ADDED", "w4", AGENT, START))


def _log_what_is_not_there(history: History, world: Snapshot) -> None:
    world.entries["phantom"] = [Entry("phantom", 1, 0, "CREATED", None, AGENT, START)]


def _keep_the_log_of_what_was_deleted(history: History, world: Snapshot) -> None:
    world.entries[GONE] = [Entry(GONE, 1, 0, "CREATED", None, AGENT, START)]


def _show_an_entry_twice(history: History, world: Snapshot) -> None:
    world.logs[TICKET].insert(0, world.logs[TICKET][0])


def _skip_a_version(history: History, world: Snapshot) -> None:
    del world.events[TICKET][2]


def _skip_an_entry(history: History, world: Snapshot) -> None:
    del world.entries[TICKET][3]


def _count_a_version_too_many(history: History, world: Snapshot) -> None:
    world.tickets[TICKET]["version"] = 9


def _turn_time_back(history: History, world: Snapshot) -> None:
    world.events[TICKET][6] = replace(world.events[TICKET][6], time=START)


def _show_the_log_backwards(history: History, world: Snapshot) -> None:
    world.logs[TICKET].reverse()


def _say_another_text(history: History, world: Snapshot) -> None:
    world.entries[TICKET][2] = replace(world.entries[TICKET][2], detail="SEV 2 → SEV 1")


def _begin_where_nothing_ended(history: History, world: Snapshot) -> None:
    world.events[TICKET][6].data["changes"] = [change("status", "IN_PROGRESS", "RESOLVED")]
    world.entries[TICKET][8] = replace(world.entries[TICKET][8], detail="In Progress → Resolved")


def _log_at_another_time(history: History, world: Snapshot) -> None:
    world.entries[TICKET][0] = replace(world.entries[TICKET][0], time=START + timedelta(seconds=1))


def _swap_entries_of_one_request(history: History, world: Snapshot) -> None:
    first, second = world.entries[TICKET][1:3]
    world.entries[TICKET][1:3] = [replace(first, idx=1), replace(second, idx=0)]


def _not_hear_of_a_user(history: History, world: Snapshot) -> None:
    world.known["audit.known_users"].clear()


def _know_an_old_name(history: History, world: Snapshot) -> None:
    world.known["tickets.known_nodes"]["c"] = {"id": "c", "name": "Old", "version": 0}


def _know_a_stranger(history: History, world: Snapshot) -> None:
    world.known["tickets.known_nodes"]["x"] = {"id": "x", "name": "X", "version": 1}


def _create_what_was_refused(history: History, world: Snapshot) -> None:
    world.tickets[KEYED]["title"] = "Bad w6"


def _log_what_was_refused(history: History, world: Snapshot) -> None:
    world.entries[KEYED][0] = replace(world.entries[KEYED][0], detail="Bad w6")


def _close_a_day_early(history: History, world: Snapshot) -> None:
    world.events[TICKET][7] = replace(world.events[TICKET][7], time=START + timedelta(days=17))


def _close_twice(history: History, world: Snapshot) -> None:
    world.events[TICKET].append(updated(9, SYSTEM, 19, change("status", "RESOLVED", "CLOSED")))


def _log_the_closing_twice(history: History, world: Snapshot) -> None:
    world.entries[TICKET].append(replace(world.entries[TICKET][-1], version=9))


def _close_what_was_reopened(history: History, world: Snapshot) -> None:
    world.events[TICKET][7] = updated(8, SYSTEM, 30, change("status", "OPEN", "CLOSED"))


def _answer_one_key_twice(history: History, world: Snapshot) -> None:
    history.add(replace(history.ops[5], ticket=TICKET))


def _make_two_for_one_key(history: History, world: Snapshot) -> None:
    other = str(UUID(int=4))
    world.events[other] = [created(other, "Keyed w3")]


def _set_a_message_aside(history: History, world: Snapshot) -> None:
    world.dead_letters.append(("audit", "evt.ticket.x"))


BROKEN: list[tuple[str, Callable[[History, Snapshot], None]]] = [
    ("I1", _lose_an_event),
    ("I1", _lose_a_ticket),
    ("I1", _lose_everything_of_a_ticket),
    ("I1", _lose_a_field),
    ("I1", _lose_a_comment),
    ("I1", _miscount_comments),
    ("I1", _bring_back_what_was_deleted),
    ("I1", _forget_a_deletion),
    ("I1", _show_an_old_title),
    ("I2", _lose_an_entry),
    ("I2", _blame_another),
    ("I2", _forget_who_deleted),
    ("I3", _double_an_entry),
    ("I3", _log_what_never_happened),
    ("I3", _log_what_is_not_there),
    ("I3", _keep_the_log_of_what_was_deleted),
    ("I3", _show_an_entry_twice),
    ("I4", _skip_a_version),
    ("I4", _skip_an_entry),
    ("I4", _count_a_version_too_many),
    ("I4", _turn_time_back),
    ("I4", _show_the_log_backwards),
    ("I5", _say_another_text),
    ("I5", _begin_where_nothing_ended),
    ("I5", _log_at_another_time),
    ("I5", _swap_entries_of_one_request),
    ("I6", _not_hear_of_a_user),
    ("I6", _know_an_old_name),
    ("I6", _know_a_stranger),
    ("I7", _create_what_was_refused),
    ("I7", _log_what_was_refused),
    ("I9", _close_a_day_early),
    ("I9", _close_twice),
    ("I9", _log_the_closing_twice),
    ("I9", _close_what_was_reopened),
    ("I10", _set_a_message_aside),
    ("I11", _answer_one_key_twice),
    ("I11", _make_two_for_one_key),
]


@pytest.mark.parametrize(("invariant", "broken"), BROKEN, ids=lambda each: getattr(each, "__name__", each).strip("_"))
def test_a_broken_world_is_noticed(world: World, invariant: str, broken: Callable[[History, Snapshot], None]) -> None:
    broken(*world)
    assert any(found.startswith(f"{invariant}: ") for found in violations(*world))


def test_every_invariant_was_broken() -> None:
    assert {invariant for invariant, _ in BROKEN} == CHECKERS.keys() | {"I9"}


def test_what_the_test_made_due_may_close_early(world: World) -> None:
    _close_a_day_early(*world)
    assert list(closed_too_soon(world[1]))
    assert not list(closed_too_soon(world[1], due=[TICKET]))


@pytest.mark.parametrize(
    "op",
    [
        asked(Verb.PATCH, 500),
        asked(Verb.PATCH, 422),
        asked(Verb.CREATE, 201, meant_to_fail=True),
        asked(Verb.READ, 503, complaint="a 503 without Retry-After"),
    ],
    ids=["a server error", "a refusal without a reason", "an acceptance without a reason", "a bare 503"],
)
def test_an_answer_nobody_should_see_is_noticed(op: Op) -> None:
    assert len(History([op]).complaints()) == 1


def test_what_may_be_answered_is_no_complaint() -> None:
    fine = [asked(Verb.PATCH, 200), asked(Verb.PATCH, 404), asked(Verb.PATCH, None), asked(Verb.PATCH, 503)]
    assert History([*fine, asked(Verb.CREATE, 422, meant_to_fail=True)]).complaints() == []
