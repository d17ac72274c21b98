"""A2, R59: what an operator decides for tickets, seen on a replica that is told otherwise than the others."""

import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta

import httpx
import pytest

from devstack.ports import Ports
from devstack.stack import Stack
from support.clients import Caller
from support.eventually import soon
from support.factories import Factory


@pytest.fixture(scope="module")
def told(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of one more replica, past the gateway: users may create tickets, and seven days close them."""
    ports = Ports()
    port = ports.take()
    variables = {"LISTEN_PORT": str(port), "USERS_MAY_CREATE_TICKETS": "true", "AUTO_CLOSE_DAYS": "7"}
    with (tmp_path_factory.mktemp("told") / "log").open("wb") as log:
        environment = stack.environment("tickets") | variables
        replica = subprocess.Popen([sys.executable, "-m", "tickets", "serve"], env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        soon(lambda: httpx.get(f"{address}/readyz").status_code == 200, within=30)
        yield address
    finally:
        replica.kill()
        replica.wait()
        ports.release()


def test_a2_users_may_create_tickets(told: str, user: Caller, make: Factory) -> None:
    new = make.new_ticket()
    assert user.post("/tickets", new).status_code == 403
    created = httpx.post(f"{told}/api/tickets", json=new, headers=user.headers)
    assert created.status_code == 201
    assert created.json()["createdBy"]["id"] == user.id
    # To create is all it lets them.
    changed = httpx.patch(f"{told}/api/tickets/{created.json()['id']}", json={"severity": 1}, headers=user.headers)
    assert changed.status_code == 403


def test_r59_so_many_days_close_a_resolved_ticket(told: str, agent: Caller, make: Factory) -> None:
    path = f"{told}/api/tickets/{make.ticket()['id']}"
    resolved = httpx.patch(path, json={"status": "RESOLVED"}, headers=agent.headers).json()
    waits = datetime.fromisoformat(resolved["autoCloseAt"]) - datetime.fromisoformat(resolved["resolvedAt"])
    assert waits == timedelta(days=7)
