"""The whole truth at one moment: every table that matters, read as the superuser, and what the API shows of it."""

from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
import psycopg
from psycopg.rows import dict_row

from support.clients import Caller
from support.stack import System

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One event of a ticket as its owner keeps it. `data` is the event's own."""

    ticket: str
    version: int
    type: str
    actor: str
    time: datetime
    data: Row


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the audit log."""

    ticket: str
    version: int
    idx: int
    action: str
    detail: str | None
    actor: str
    time: datetime


@dataclass
class Snapshot:
    """By ticket id where there is one. `owners` and `known` hold states by name and id; `shown` and `logs` are what
    the API answered for some tickets: the ticket, and its log of (action, detail, actor id), newest first."""

    tickets: dict[str, Row] = field(default_factory=dict)
    comments: dict[str, Row] = field(default_factory=dict)
    events: dict[str, list[Said]] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    purged: set[str] = field(default_factory=set)
    owners: dict[str, dict[str, Row]] = field(default_factory=dict)
    known: dict[str, dict[str, Row]] = field(default_factory=dict)
    dead_letters: list[tuple[str, str]] = field(default_factory=list)
    shown: dict[str, Row] = field(default_factory=dict)
    logs: dict[str, list[tuple[str, str | None, str]]] = field(default_factory=dict)

    @property
    def deleted(self) -> set[str]:
        return {ticket for ticket, said in self.events.items() if said[-1].type == "ticket.deleted.v1"}


READERS = ("cti", "tickets", "audit")
_USER = "id, username, display_name, email, role, deleted, token_epoch, api_key_hash, must_change_password, version"
_KNOWN = {
    "tickets.known_users": ("users", f"SELECT {_USER} FROM tickets.known_users"),
    "cti.known_users": ("users", f"SELECT {_USER} FROM cti.known_users"),
    "audit.known_users": ("users", f"SELECT {_USER} FROM audit.known_users"),
    "tickets.known_nodes": ("nodes", "SELECT id, level, parent_id, name, deleted, version FROM tickets.known_nodes"),
}
_OWNED = {
    "users": f"SELECT {_USER} FROM auth.users",
    "nodes": "SELECT id, level, parent_id, name, deleted_at IS NOT NULL AS deleted, version FROM cti.nodes",
}
_BEHIND = """
    SELECT (SELECT count(*) FROM tickets.events WHERE stream_seq IS NULL)
         + (SELECT count(*) FROM auth.events WHERE stream_seq IS NULL)
         + (SELECT count(*) FROM cti.events WHERE stream_seq IS NULL)
         + (SELECT count(*)
            FROM (SELECT aggregate_id::uuid AS id, max(version) AS version FROM tickets.events GROUP BY 1) said
            LEFT JOIN audit.ticket_heads head ON head.ticket_id = said.id
            WHERE head.ticket_id IS NULL OR lower(head.unheard) <= said.version)
"""


def owner_of(known: str) -> str:
    """The name in `owners` of what the projection `known` follows."""
    return _KNOWN[known][0]


def behind(stack: System) -> int:
    """How much is said but not published, or published but not in the audit log yet."""
    with psycopg.connect(stack.database_url("postgres"), connect_timeout=3) as connection:
        row = connection.execute(_BEHIND).fetchone()
        assert row is not None
        return int(row[0])


def snapshot(stack: System, reader: Caller, tickets: Iterable[str] = ()) -> Snapshot:
    """Everything now; of `tickets`, also what `reader` is shown of them."""
    found = Snapshot()
    with psycopg.connect(stack.database_url("postgres"), row_factory=dict_row) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")

        def rows(statement: str) -> list[Row]:
            return connection.execute(statement.encode()).fetchall()

        found.tickets = {str(row["id"]): row for row in rows("SELECT * FROM tickets.tickets")}
        found.comments = {str(row["id"]): row for row in rows("SELECT * FROM tickets.comments")}
        found.events = _events(rows("SELECT body FROM tickets.events ORDER BY aggregate_id, version"))
        found.entries = _entries(rows("SELECT * FROM audit.entries ORDER BY ticket_id, version, idx"))
        found.purged = {str(row["ticket_id"]) for row in rows("SELECT ticket_id FROM audit.purged_tickets")}
        found.owners = {name: _by_id(rows(statement)) for name, statement in _OWNED.items()}
        found.known = {name: _by_id(rows(statement)) for name, (_, statement) in _KNOWN.items()}
        for name in READERS:
            found.dead_letters += [(name, row["subject"]) for row in rows(f"SELECT subject FROM {name}.dead_letters")]
    with ThreadPoolExecutor(4) as pool:
        for ticket, shown, log in pool.map(lambda each: _shown(reader, each), tickets):
            found.shown[ticket] = shown
            found.logs[ticket] = log
    return found


def _events(rows: list[Row]) -> dict[str, list[Said]]:
    events: dict[str, list[Said]] = defaultdict(list)
    for row in rows:
        body = orjson.loads(row["body"])
        said = Said(
            ticket=body["subject"],
            version=body["aggregateversion"],
            type=body["type"],
            actor=body["actor"]["id"],
            time=datetime.fromisoformat(body["time"]),
            data=body["data"],
        )
        events[said.ticket].append(said)
    return dict(events)


def _entries(rows: list[Row]) -> dict[str, list[Entry]]:
    entries: dict[str, list[Entry]] = defaultdict(list)
    for row in rows:
        entry = Entry(
            ticket=str(row["ticket_id"]),
            version=row["version"],
            idx=row["idx"],
            action=row["action"],
            detail=row["detail"],
            actor=str(row["actor_id"]),
            time=row["created_at"],
        )
        entries[entry.ticket].append(entry)
    return dict(entries)


def _by_id(rows: list[Row]) -> dict[str, Row]:
    return {str(row["id"]): row for row in rows}


def _shown(reader: Caller, ticket: str) -> tuple[str, Row, list[tuple[str, str | None, str]]]:
    answer, log = reader.get(f"/tickets/{ticket}"), reader.get(f"/tickets/{ticket}/audit")
    assert (answer.status_code, log.status_code) == (200, 200), (answer.text, log.text)
    return ticket, answer.json(), [(each["action"], each["detail"], each["user"]["id"]) for each in log.json()]
