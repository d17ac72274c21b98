"""The invariants of DESIGN.md 8 as questions to a history and a snapshot. Each answers with what breaks it.

    assert violations(history, snapshot) == []

Pure, so that tests can doctor either and see the right checker speak up (tests/chaos/test_checkers.py).
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

from contracts.auth import SYSTEM_USER_ID
from support.history import History, Op, Outcome, Verb
from support.snapshot import Entry, Said, Snapshot, owner_of

CLOSES_AFTER = timedelta(days=14)
LABELS = {"OPEN": "Open", "IN_PROGRESS": "In Progress", "RESOLVED": "Resolved", "CLOSED": "Closed"}
ACTIONS = {
    "title": "TITLE_CHANGED",
    "overview": "OVERVIEW_CHANGED",
    "severity": "SEVERITY_CHANGED",
    "status": "STATUS_CHANGED",
    "assignee": "ASSIGNEE_CHANGED",
    "route": "REROUTED",
}
CREATED, UPDATED, DELETED = "ticket.created.v1", "ticket.updated.v1", "ticket.deleted.v1"
COMMENTED, UNCOMMENTED = "comment.added.v1", "comment.deleted.v1"

Text = tuple[str, str | None]
"""Action and detail of an entry."""


def violations(history: History, snapshot: Snapshot, *, due: Collection[str] = ()) -> list[str]:
    """All of them, each with the name of its invariant. `due` are tickets whose time to close was set back."""
    found = [f"{name}: {broken}" for name, check in CHECKERS.items() for broken in check(history, snapshot)]
    return found + [f"I9: {broken}" for broken in closed_too_soon(snapshot, due)]


def lost_writes(history: History, snapshot: Snapshot) -> Iterator[str]:
    """I1: what was acknowledged is there: in the log of what happened, in the tables, and in what the API shows."""
    for op in history.acked(Verb.CREATE, Verb.PATCH, Verb.COMMENT, Verb.UNCOMMENT, Verb.DELETE):
        if op.ticket in snapshot.deleted:
            if op.ticket in snapshot.tickets or len(snapshot.events[op.ticket]) > 1:
                yield f"deleted, and yet there: {op.ticket}"
        elif not any(_is_of(said, op) for said in snapshot.events.get(op.ticket or "", ())):
            yield f"acknowledged and lost: {op}"
    there: dict[str, set[str]] = defaultdict(set)
    for comment in snapshot.comments.values():
        there[str(comment["ticket_id"])].add(str(comment["id"]))
    for ticket, said in _living(snapshot):
        row = snapshot.tickets.get(ticket)
        if row is None:
            yield f"the ticket is gone, its events are not: {ticket}"
            continue
        expected = _replayed(said)
        actual = {name: _plain(row[name]) for name in expected}
        if actual != expected:
            yield f"{ticket} is {actual}, its events make it {expected}"
        comments = there[ticket]
        if comments != _comments(said) or row["comment_count"] != len(comments):
            yield f"{ticket} has comments {sorted(comments)}, its events make it {sorted(_comments(said))}"
    for ticket, shown in snapshot.shown.items():
        row = snapshot.tickets[ticket]
        if (shown["title"], shown["status"], shown["_count"]["comments"], len(shown["comments"])) != (
            row["title"],
            row["status"],
            row["comment_count"],
            row["comment_count"],
        ):
            yield f"the API shows {ticket} other than it is"


def unaudited(history: History, snapshot: Snapshot) -> Iterator[str]:
    """I2: an acknowledged change has its entries, by who made it, with the text that was sent."""
    for op in history.acked(Verb.CREATE, Verb.PATCH, Verb.COMMENT, Verb.UNCOMMENT):
        if op.ticket in snapshot.deleted:
            continue
        entries = snapshot.entries.get(op.ticket or "", [])
        if not any(_witnesses(entry, op) for entry in entries):
            yield f"acknowledged and not in the audit log: {op}"
    for op in history.acked(Verb.DELETE):
        if op.ticket not in snapshot.purged:
            yield f"deleted, and nobody wrote down by whom: {op}"


def doubled_or_phantom(_: History, snapshot: Snapshot) -> Iterator[str]:
    """I3: the audit log holds the entries of the events, each once, and no other."""
    for ticket, entries in snapshot.entries.items():
        if ticket in snapshot.deleted or ticket not in snapshot.events:
            yield f"entries of a ticket that is not there: {ticket}"
            continue
        expected = Counter(
            (said.version, *text, said.actor) for said in snapshot.events[ticket] for text in _texts(said)
        )
        actual = Counter((entry.version, entry.action, entry.detail, entry.actor) for entry in entries)
        for entry, surplus in (actual - expected).items():
            yield f"{surplus} too many in the log of {ticket}: {entry}"
    for ticket, log in snapshot.logs.items():
        if len(log) != len(snapshot.entries.get(ticket, ())):
            yield f"the API shows {len(log)} of {len(snapshot.entries.get(ticket, ()))} entries of {ticket}"


def out_of_order(_: History, snapshot: Snapshot) -> Iterator[str]:
    """I4: versions without a gap, times that do not run backwards, and a log that is read newest first."""
    for ticket, said in _living(snapshot):
        head = snapshot.tickets[ticket]["version"] if ticket in snapshot.tickets else len(said)
        if [each.version for each in said] != list(range(1, head + 1)):
            yield f"{ticket} is at version {head}, its events are {[each.version for each in said]}"
        if any(later.time < earlier.time for earlier, later in pairwise(said)):
            yield f"the events of {ticket} were made in another order than they are counted"
        logged = sorted({entry.version for entry in snapshot.entries.get(ticket, ())})
        if logged != list(range(1, head + 1)):
            yield f"{ticket} is at version {head}, its log has {logged}"
    for ticket, log in snapshot.logs.items():
        entries = sorted(snapshot.entries.get(ticket, ()), key=lambda entry: (-entry.version, entry.idx))
        ordered = [(entry.action, entry.detail, entry.actor) for entry in entries]
        if log != ordered or log[-1][0] != "CREATED":
            yield f"the log of {ticket} is read in another order than it happened"


def wrong_texts(_: History, snapshot: Snapshot) -> Iterator[str]:
    """I5: each event begins where the one before ended, and its entries say just that."""
    for ticket, said in _living(snapshot):
        state: dict[str, Any] = {}
        for each in said:
            for field, before, after in _moves(each):
                if field in state and state[field] != before:
                    yield f"{ticket} v{each.version}: {field} was {state[field]!r}, the event says {before!r}"
                state[field] = after
            expected = _texts(each)
            entries = [entry for entry in snapshot.entries.get(ticket, ()) if entry.version == each.version]
            actual = [(entry.action, entry.detail) for entry in sorted(entries, key=lambda entry: entry.idx)]
            if actual != expected:
                yield f"{ticket} v{each.version}: the log says {actual}, it was {expected}"
            if any((entry.actor, entry.time) != (each.actor, each.time) for entry in entries):
                yield f"{ticket} v{each.version}: the log names another actor or time than the event"


def unlike_their_owner(_: History, snapshot: Snapshot) -> Iterator[str]:
    """I6: what a service has heard of another's things is what they are."""
    for name, known in snapshot.known.items():
        owned = snapshot.owners[owner_of(name)]
        for each in sorted(owned.keys() - known.keys()):
            yield f"{name} has not heard of {each}"
        for each in sorted(known.keys() - owned.keys()):
            yield f"{name} knows {each}, its owner does not"
        for each in sorted(known.keys() & owned.keys()):
            if known[each] != owned[each]:
                yield f"{name} knows {known[each]}, it is {owned[each]}"


def left_by_refused(history: History, snapshot: Snapshot) -> Iterator[str]:
    """I7: nothing of a refused request is anywhere."""
    accepted = {op.word for op in history.ops if op.outcome is not Outcome.FAILED}
    words = {op.word: op for op in history.refused() if op.word and op.word not in accepted}
    for where, text in _all_texts(snapshot):
        for word in words.keys() & set(text.split()):
            yield f"refused, and yet in {where}: {words[word]}"


def closed_too_soon(snapshot: Snapshot, due: Collection[str] = ()) -> Iterator[str]:
    """I9: the clock closes a ticket once for each time it was resolved, and never before its time."""
    for ticket, said in _living(snapshot):
        resolved_at = None
        for each in said:
            for field, before, after in _moves(each):
                if field != "status":
                    continue
                if after == "CLOSED" and each.actor == str(SYSTEM_USER_ID):
                    if before != "RESOLVED" or resolved_at is None:
                        yield f"{ticket} v{each.version} was closed by the clock without being resolved, or twice"
                    elif each.time - resolved_at < CLOSES_AFTER and ticket not in due:
                        yield f"{ticket} v{each.version} was closed {each.time - resolved_at} after it was resolved"
                resolved_at = each.time if after == "RESOLVED" else None
        details = [entry.detail or "" for entry in snapshot.entries.get(ticket, ())]
        if details.count("Resolved → Closed") > sum(detail.endswith(" → Resolved") for detail in details):
            yield f"the log closes {ticket} more often than it resolves it"


def doubled_by_key(history: History, snapshot: Snapshot) -> Iterator[str]:
    """I11: one Idempotency-Key, one ticket or comment, however often it was sent, and one answer."""
    attempts: dict[tuple[str, str], list[Op]] = defaultdict(list)
    for op in history.ops:
        if op.key is not None:
            attempts[op.actor, op.key].append(op)
    for ops in attempts.values():
        made = {op.comment or op.ticket for op in ops if op.outcome is Outcome.OK}
        if len(made) > 1:
            yield f"{len(made)} answers for one key: {ops[0]}"
    once = {op.word for ops in attempts.values() for op in ops}
    counts: Counter[str] = Counter()
    for said in snapshot.events.values():
        for each in said:
            if each.type == CREATED:
                counts.update(set(each.data["title"].split()) & once)
            elif each.type == COMMENTED:
                counts.update(set(each.data["body"].split()) & once)
    for word, count in counts.items():
        if count > 1:
            yield f"{count} made for one key: {word}"


def dead_letters(_: History, snapshot: Snapshot) -> Iterator[str]:
    """I10: no message was set aside. A test that sends such messages discards them."""
    for service, subject in snapshot.dead_letters:
        yield f"{service} set aside a message on {subject}"


CHECKERS: dict[str, Callable[[History, Snapshot], Iterator[str]]] = {
    "I1": lost_writes,
    "I2": unaudited,
    "I3": doubled_or_phantom,
    "I4": out_of_order,
    "I5": wrong_texts,
    "I6": unlike_their_owner,
    "I7": left_by_refused,
    "I10": dead_letters,
    "I11": doubled_by_key,
}


def _living(snapshot: Snapshot) -> Iterator[tuple[str, list[Said]]]:
    return ((ticket, said) for ticket, said in snapshot.events.items() if ticket not in snapshot.deleted)


def _is_of(said: Said, op: Op) -> bool:
    """Whether this event is the operation's."""
    if said.actor != op.actor:
        return False
    match op.verb:
        case Verb.CREATE:
            return said.type == CREATED and said.data["title"] == op.sent["title"]
        case Verb.PATCH:
            changes = {change["field"]: change["after"] for change in said.data.get("changes", ())}
            return changes.get("title") == op.sent["title"] and said.version == op.version
        case Verb.COMMENT:
            return said.type == COMMENTED and (said.data["id"], said.data["body"]) == (op.comment, op.sent["body"])
        case Verb.UNCOMMENT:
            return said.type == UNCOMMENTED and said.data["id"] == op.comment
    return False


def _witnesses(entry: Entry, op: Op) -> bool:
    """Whether this entry tells of the operation."""
    if entry.actor != op.actor:
        return False
    match op.verb:
        case Verb.CREATE:
            return entry.action == "CREATED"
        case Verb.PATCH:
            return entry.version == op.version and (entry.action, entry.detail) == ("TITLE_CHANGED", op.sent["title"])
        case Verb.COMMENT:
            return (entry.action, entry.detail) == ("COMMENT_ADDED", op.sent["body"])
    return entry.action == "COMMENT_DELETED"


def _texts(said: Said) -> list[Text]:
    """The entries that an event must leave, in their order: the product document's words, written down again."""
    if said.type == CREATED:
        return [("CREATED", None)]
    if said.type == COMMENTED:
        return [("COMMENT_ADDED", said.data["body"])]
    if said.type == UNCOMMENTED:
        return [("COMMENT_DELETED", said.data["body"])]
    if said.type == DELETED:
        return []
    changes = {change["field"]: change for change in said.data["changes"]}
    return [(action, _detail(field, changes[field])) for field, action in ACTIONS.items() if field in changes]


def _detail(field: str, change: dict[str, Any]) -> str | None:
    before, after = change["before"], change["after"]
    match field:
        case "title":
            return str(after)
        case "overview":
            return None
        case "severity":
            return f"SEV {before} → SEV {after}"
        case "status":
            return f"{LABELS[before]} → {LABELS[after]}"
        case "assignee":
            return " → ".join("Unassigned" if who is None else who["displayName"] for who in (before, after))
    return f"{before['path']} → {after['path']}"


def _moves(said: Said) -> Iterator[tuple[str, Any, Any]]:
    """Field, value before and value after; people and paths by their ids, since names may change between events."""
    if said.type == CREATED:
        for field in ACTIONS:
            value = said.data["status"] if field == "status" else said.data[field]
            yield field, None, _by_ids(field, value)
    elif said.type == UPDATED:
        for change in said.data["changes"]:
            field = change["field"]
            yield field, _by_ids(field, change["before"]), _by_ids(field, change["after"])


def _by_ids(field: str, value: Any) -> Any:
    if field == "assignee" and value is not None:
        return value["id"]
    if field == "route":
        return (value["categoryId"], value["typeId"], value["itemId"])
    return value


def _replayed(events: list[Said]) -> dict[str, Any]:
    """The columns of a ticket as its events make them."""
    state: dict[str, Any] = {"version": 0}
    for said in events:
        state["version"] = said.version
        for field, _, after in _moves(said):
            if field == "assignee":
                state["assignee_id"] = after
            elif field == "route":
                state["category_id"], state["type_id"], state["item_id"] = after
            else:
                state[field] = after
    return state


def _comments(events: list[Said]) -> set[str]:
    added = {said.data["id"] for said in events if said.type == COMMENTED}
    return added - {said.data["id"] for said in events if said.type == UNCOMMENTED}


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, int | str) else str(value)


def _all_texts(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for ticket, row in snapshot.tickets.items():
        yield f"ticket {ticket}", f"{row['title']} {row['overview']}"
    for comment, row in snapshot.comments.items():
        yield f"comment {comment}", row["body"]
    for ticket, said in snapshot.events.items():
        for each in said:
            for text in _strings(each.data):
                yield f"an event of {ticket}", text
    for ticket, entries in snapshot.entries.items():
        for entry in entries:
            yield f"the log of {ticket}", entry.detail or ""


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
