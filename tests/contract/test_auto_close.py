"""R59-R62, A6: what was resolved for fourteen days is closed by the clock, once, and by nobody's hand."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest

from common.peers import service_token
from support.clients import Caller, Callers
from support.eventually import soon
from support.factories import Factory
from support.stack import System

CLOSED_BY_CLOCK = ("STATUS_CHANGED", "Resolved → Closed", "system")


def change(caller: Caller, ticket: dict[str, Any], **fields: Any) -> dict[str, Any]:
    answer = caller.patch(f"/tickets/{ticket['id']}", fields)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


def read(caller: Caller, ticket: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = caller.get(f"/tickets/{ticket['id']}").json()
    return found


def log_of(caller: Caller, ticket: dict[str, Any]) -> list[tuple[str, str | None, str]]:
    entries = caller.get(f"/tickets/{ticket['id']}/audit").json()
    return [(entry["action"], entry["detail"], entry["user"]["username"]) for entry in entries]


def when(text: str) -> datetime:
    return datetime.fromisoformat(text)


class Clock:
    """Time that passes when a test says so: every date of one ticket moves into the past."""

    def __init__(self, stack: System) -> None:
        self._url = stack.database_url("tickets")
        self._address = f"{stack.internal_url('tickets')}/internal/auto-close"
        self._secret = stack.secret("tickets")

    def pass_for(self, ticket: dict[str, Any], **passed: float) -> None:
        with psycopg.connect(self._url) as connection:
            connection.execute(
                """
                UPDATE tickets.tickets
                SET created_at = created_at - %(passed)s, updated_at = updated_at - %(passed)s,
                    resolved_at = resolved_at - %(passed)s, auto_close_at = auto_close_at - %(passed)s
                WHERE id = %(id)s
                """,
                {"id": ticket["id"], "passed": timedelta(**passed)},
            )

    def strike(self, caller: str = "scheduler") -> int:
        """What the scheduler asks every hour. Returns how many tickets were closed."""
        token = service_token(self._secret, caller=caller, callee="tickets")
        answer = httpx.post(self._address, headers={"Authorization": f"Bearer {token}"}, timeout=30)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["closed"])


@pytest.fixture(scope="module")
def clock(stack: System) -> Clock:
    return Clock(stack)


class TestTheJob:
    def test_r59_after_fourteen_days_and_not_before(self, make: Factory, agent: Caller, clock: Clock) -> None:
        due, early = make.ticket(), make.ticket()
        for ticket in (due, early):
            resolved = change(agent, ticket, status="RESOLVED")
            assert when(resolved["autoCloseAt"]) - when(resolved["resolvedAt"]) == timedelta(days=14)
        clock.pass_for(due, days=14, seconds=1)
        clock.pass_for(early, days=13, hours=23)
        clock.strike()
        closed = read(agent, due)
        assert closed["status"] == "CLOSED"
        assert closed["closedAt"]
        assert closed["autoCloseAt"] is None
        assert read(agent, early)["status"] == "RESOLVED"
        assert log_of(agent, due)[0] == CLOSED_BY_CLOCK
        assert [entry[0] for entry in log_of(agent, early)] == ["STATUS_CHANGED", "CREATED"]

    def test_r60_reopening_resets_the_clock(self, make: Factory, agent: Caller, clock: Clock) -> None:
        ticket = make.ticket()
        change(agent, ticket, status="RESOLVED")
        clock.pass_for(ticket, days=10)
        assert change(agent, ticket, status="IN_PROGRESS")["autoCloseAt"] is None
        clock.pass_for(ticket, days=1)
        change(agent, ticket, status="RESOLVED")
        clock.pass_for(ticket, days=9)
        clock.strike()
        assert read(agent, ticket)["status"] == "RESOLVED"
        clock.pass_for(ticket, days=5, seconds=1)
        clock.strike()
        assert read(agent, ticket)["status"] == "CLOSED"

    def test_a_reopened_ticket_never_closes(self, make: Factory, agent: Caller, clock: Clock) -> None:
        ticket = make.ticket()
        change(agent, ticket, status="RESOLVED")
        change(agent, ticket, status="OPEN")
        clock.pass_for(ticket, days=100)
        clock.strike()
        assert read(agent, ticket)["status"] == "OPEN"

    def test_r61_two_at_once_close_once(self, make: Factory, agent: Caller, clock: Clock) -> None:
        tickets = [make.ticket() for _ in range(5)]
        for ticket in tickets:
            change(agent, ticket, status="RESOLVED")
            clock.pass_for(ticket, days=15)
        with ThreadPoolExecutor(4) as schedulers:
            closed = list(schedulers.map(lambda _: clock.strike(), range(4)))
        assert sum(closed) >= len(tickets)
        for ticket in tickets:
            assert read(agent, ticket)["status"] == "CLOSED"
            assert log_of(agent, ticket).count(CLOSED_BY_CLOCK) == 1
        assert clock.strike() == 0

    def test_r62_nobody_else_may_ask(self, stack: System, callers: Callers, nobody: Caller) -> None:
        address = f"{stack.internal_url('tickets')}/internal/auto-close"
        for caller in [*callers, nobody]:
            assert caller.post("/../internal/auto-close").status_code in {401, 404, 405}
            assert httpx.post(address, headers=caller.headers).status_code == 401

    def test_r62_the_clock_closes_what_no_agent_may(self, make: Factory, agent: Caller, clock: Clock) -> None:
        ticket = make.ticket()
        change(agent, ticket, status="RESOLVED")
        assert agent.patch(f"/tickets/{ticket['id']}", {"status": "CLOSED"}).status_code == 403
        clock.pass_for(ticket, days=15)
        clock.strike()
        assert read(agent, ticket)["status"] == "CLOSED"

    def test_a7_the_clock_has_a_name_but_no_account(self, admin: Caller, nobody: Caller) -> None:
        assert "system" not in [user["username"] for user in admin.get("/users").json()]
        assert nobody.post("/auth/login", {"username": "system", "password": "system"}).status_code == 401

    def test_a5_a_closed_ticket_may_be_reopened(self, make: Factory, agent: Caller, clock: Clock) -> None:
        ticket = make.ticket()
        change(agent, ticket, status="RESOLVED")
        clock.pass_for(ticket, days=15)
        clock.strike()
        reopened = change(agent, ticket, status="IN_PROGRESS")
        assert (reopened["closedAt"], reopened["resolvedAt"], reopened["autoCloseAt"]) == (None, None, None)


class TestTheClock:
    def test_a6_what_else_happens_does_not_reset_it(self, make: Factory, agent: Caller, admin: Caller) -> None:
        ticket, route = make.ticket(), make.route()
        dates = ("resolvedAt", "autoCloseAt")
        resolved = change(agent, ticket, status="RESOLVED")
        make.comment(ticket, "Still broken?")
        change(agent, ticket, title="Another title", severity=1, assigneeId=agent.id)
        rerouted = change(agent, ticket, **route.ids)
        assert admin.put(f"/cti/items/{route.item['id']}", {"name": f"{route.item['name']} 2"}).status_code == 200
        again = change(agent, ticket, status="RESOLVED")
        for later in (rerouted, again, read(agent, ticket)):
            assert [later[name] for name in dates] == [resolved[name] for name in dates]

    def test_a6_resolving_what_is_resolved_is_no_change(self, make: Factory, agent: Caller) -> None:
        ticket = make.ticket()
        change(agent, ticket, status="RESOLVED")
        before = log_of(agent, ticket)
        change(agent, ticket, status="RESOLVED")
        assert log_of(agent, ticket) == before

    def test_closing_by_hand_stops_it(self, make: Factory, agent: Caller, admin: Caller) -> None:
        ticket = make.ticket()
        change(agent, ticket, status="RESOLVED")
        closed = change(admin, ticket, status="CLOSED")
        assert closed["autoCloseAt"] is None
        assert closed["resolvedAt"]
        assert closed["closedAt"]


class TestTheScheduler:
    def test_r59_r61_closes_once_without_being_asked(
        self, make: Factory, agent: Caller, clock: Clock, schedulers: None
    ) -> None:
        due, early = make.ticket(), make.ticket()
        for ticket in (due, early):
            change(agent, ticket, status="RESOLVED")
        clock.pass_for(due, days=14, seconds=1)
        clock.pass_for(early, days=13, hours=23)
        soon(lambda: read(agent, due)["status"] == "CLOSED", within=20)
        later = make.ticket()
        change(agent, later, status="RESOLVED")
        clock.pass_for(later, days=15)
        # That one being closed, the schedulers have looked again since the first.
        soon(lambda: read(agent, later)["status"] == "CLOSED", within=20)
        assert log_of(agent, due) == [CLOSED_BY_CLOCK, *log_of(agent, early)]
        assert read(agent, early)["status"] == "RESOLVED"

    @pytest.fixture
    def schedulers(self, stack: System, tmp_path: Path) -> Iterator[None]:
        """Two more beats and workers beside the stack's own, which look every second instead of every hour."""
        running = []
        for number in ("1", "2"):
            (tmp_path / number).mkdir()
            hurried = {"AUTO_CLOSE_INTERVAL": "1", "SCHEDULER_STATE": str(tmp_path / number)}
            command = [sys.executable, "-m", "scheduler", "serve"]
            with (tmp_path / f"{number}.log").open("wb") as log:
                environment = stack.environment("scheduler") | hurried
                running.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        yield
        for process in running:
            process.terminate()
        for process in running:
            process.wait(20)
