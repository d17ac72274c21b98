"""What is beside the path of a request may be away: requests do not notice."""

import time
from collections.abc import Callable
from uuid import uuid4

import httpx
import psycopg
import pytest

from chaos.ordeal import Ordeal, outside, summary
from support.clients import PASSWORD
from support.eventually import soon
from support.history import History

Note = Callable[[str], None]
pytestmark = pytest.mark.long


def resolved_long_ago(ordeal: Ordeal) -> str:
    """The id of a ticket that is due to close."""
    ticket: str = ordeal.make.ticket()["id"]
    assert ordeal.callers["AGENT"].patch(f"/tickets/{ticket}", {"status": "RESOLVED"}).status_code == 200
    with psycopg.connect(ordeal.stack.database_url("postgres")) as connection:
        connection.execute(
            "UPDATE tickets.tickets SET auto_close_at = auto_close_at - interval '14 days' WHERE id = %s", [ticket]
        )
    ordeal.due.add(ticket)
    return ticket


def closes(ordeal: Ordeal, ticket: str) -> float:
    """Seconds until it is closed."""
    began = time.monotonic()
    soon(lambda: ordeal.callers["USER"].get(f"/tickets/{ticket}").json()["status"] == "CLOSED", within=20)
    return time.monotonic() - began


def test_valkey_is_killed(ordeal: Ordeal, note: Note) -> None:
    person = ordeal.callers.create_user()
    with ordeal.load() as load:
        load.until_changed(25)
        ordeal.kill_for_good("valkey")
        ticket = resolved_long_ago(ordeal)
        ordeal.callers.log_in(person["username"], PASSWORD)
        load.until_changed(25)
        ordeal.start("valkey")
        closed = closes(ordeal, ticket)
    ordeal.settle(load.history)
    assert load.history.unanswered() == []
    note(f"{summary(load.history)}; what was due closed {closed:.2f} s after Valkey was back")


def test_valkey_is_killed_while_tickets_is_asked(ordeal: Ordeal, note: Note) -> None:
    """The scheduler cannot put down that its question was answered."""
    with psycopg.connect(ordeal.stack.database_url("postgres")) as connection:
        connection.execute("LOCK TABLE tickets.tickets IN ACCESS EXCLUSIVE MODE")
        soon(lambda: is_asked(ordeal))
        ordeal.kill_for_good("valkey")
    ticket = resolved_long_ago(ordeal)
    ordeal.start("valkey")
    closed = closes(ordeal, ticket)
    ordeal.settle(History())
    note(f"what was due closed {closed:.2f} s after Valkey was back")


def is_asked(ordeal: Ordeal) -> bool:
    """Whether tickets was asked to close what is due, and waits for a lock."""
    with psycopg.connect(ordeal.stack.database_url("postgres")) as connection:
        waiting = connection.execute(
            """
            SELECT FROM pg_stat_activity
            WHERE wait_event_type = 'Lock' AND query LIKE '%auto_close_at <=%SKIP LOCKED%'
            """
        )
        return waiting.fetchone() is not None


def test_auth_is_away(ordeal: Ordeal, note: Note) -> None:
    with ordeal.load() as load:
        load.until_changed(25)
        ordeal.kill_for_good("auth")
        try:
            refused = soon(lambda: sign_in_refused(ordeal))
            load.until_changed(25)
        finally:
            ordeal.start("auth")
    ordeal.settle(load.history)
    assert outside("auth", load.history).unanswered() == []
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Retry-After"]
    note(summary(load.history))


def sign_in_refused(ordeal: Ordeal) -> httpx.Response | None:
    """The 503 with which the gateway answers once it has noticed that nobody is there."""
    answer = ordeal.callers.anonymous().post("/auth/login", {"username": "admin", "password": "admin123"})
    assert answer.status_code in {502, 503}
    return answer if answer.status_code == 503 else None


def test_cti_is_away(ordeal: Ordeal, note: Note) -> None:
    unheard = ordeal.make.new_ticket(itemId=str(uuid4()))
    with ordeal.load() as load:
        load.until_changed(25)
        ordeal.kill_for_good("cti")
        try:
            refused = ordeal.callers["SERVICE"].post("/tickets", unheard)
            load.until_changed(25)
        finally:
            ordeal.start("cti")
    ordeal.settle(load.history)
    assert outside("cti", load.history).unanswered() == []
    assert refused.status_code == 503
    assert refused.headers["Retry-After"]
    assert ordeal.callers["SERVICE"].post("/tickets", unheard).status_code == 422
    note(summary(load.history))


def test_no_replica_of_tickets_is_left(ordeal: Ordeal, note: Note) -> None:
    with ordeal.load() as load:
        load.until_changed(25)
        ordeal.kill_for_good("tickets", "tickets-2")
        ordeal.start("tickets", "tickets-2")
        load.answers_after(time.monotonic())
    ordeal.settle(load.history)
    away = [op for op in load.history.unanswered() if op.path.startswith("/tickets")]
    assert away
    assert all(op.status is not None for op in away), "the gateway broke off"
    note(summary(load.history))
