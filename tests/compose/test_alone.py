"""A context deployed alone: audit on a second server with a PostgreSQL of its own, as docs/operations.md says.

Both servers are this machine, but the two installations share nothing except addresses with ports.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from compose.engine import docker, host_address
from compose.site import Images, Site, site_of
from deploy.dotenv import read_dotenv
from support.eventually import soon

SAME = ("JWT_SECRET", "POSTGRES_PASSWORD", "CLIENT_URL", "TAG")


@dataclass(frozen=True)
class Servers:
    """`old` is a ticket from before the move, `history` what audit said of it then."""

    first: Site
    second: Site
    old: dict[str, Any]
    history: list[dict[str, Any]]


@pytest.fixture(scope="module")
def servers(images: Images, tmp_path_factory: pytest.TempPathFactory, note: Callable[[str], None]) -> Iterator[Servers]:
    address, folder = host_address(), tmp_path_factory.mktemp("servers")
    for name in ("first", "second"):
        (folder / name).mkdir()
    with site_of(images, folder / "first", {"FIRST": address, "SECOND": address}) as first:
        first.up()
        first.first_day()
        old = first.make.ticket()
        history = soon(lambda: history_of(first, old, entries=1), within=20)
        first.override("docker-compose.override.yml of the first server")

        said = read_dotenv(first.folder / ".env")
        same = {name: said[name] for name in (*SAME, "FIRST", "SECOND")}
        with site_of(images, folder / "second", same | {"NATS_URL": f"nats://{address}:4222"}) as second:
            second.override("docker-compose.override.yml of the second server")
            first.script("hand-over.sh", str(folder / "audit.dump"))
            soon(lambda: comment(first, old), within=30)
            second.script("take-over.sh", str(folder / "audit.dump"))
            for site in (first, second):
                site.wait_healthy()
            yield Servers(first, second, old, history)


def comment(site: Site, ticket: dict[str, Any]) -> bool:
    """While `up` replaces containers, a service may be away for a moment."""
    once = {"Idempotency-Key": "meanwhile"}
    answer = site.callers["AGENT"].post(f"/tickets/{ticket['id']}/comments", {"body": "Meanwhile."}, headers=once)
    return answer.status_code == 201


def history_of(site: Site, ticket: dict[str, Any], *, entries: int) -> list[dict[str, Any]] | None:
    answer = site.callers["AGENT"].get(f"/tickets/{ticket['id']}/audit")
    found: list[dict[str, Any]] = answer.json() if answer.status_code == 200 else []
    return found if len(found) == entries else None


def services_of(site: Site) -> set[str]:
    return {each["Config"]["Labels"]["com.docker.compose.service"] for each in site.inspect(*site.running())}


def networks_of(site: Site) -> set[str]:
    return {network for each in site.inspect(*site.running()) for network in each["NetworkSettings"]["Networks"]}


def rows_of(site: Site, table: str) -> int:
    command = ("psql", "-U", "postgres", "-At", "ticketing", "-c", f"select count(*) from {table}")
    return int(site.compose("exec", "-T", "postgres", *command))


def test_it_is_alone(servers: Servers) -> None:
    assert services_of(servers.second) == {"audit", "postgres"}
    assert "audit" not in services_of(servers.first)
    assert networks_of(servers.first) & networks_of(servers.second) == set()


def test_only_what_the_other_server_needs_is_published_and_only_to_it(servers: Servers) -> None:
    published: dict[str, set[str]] = {}
    for site in (servers.first, servers.second):
        for each in site.inspect(*site.running()):
            name = each["Config"]["Labels"]["com.docker.compose.service"]
            for bindings in (each["NetworkSettings"]["Ports"] or {}).values():
                published.setdefault(name, set()).update(binding["HostIp"] for binding in bindings or [])
    gateway = published.pop("gateway")
    assert {name for name, places in published.items() if places} == {"nats", "auth", "tickets", "audit"}
    assert set.union(*published.values()) == {host_address()}
    assert gateway >= {"0.0.0.0"}


def test_what_it_knew_went_with_it_and_what_it_missed_it_heard(servers: Servers) -> None:
    found = soon(lambda: history_of(servers.first, servers.old, entries=2), within=30)
    assert found[1:] == servers.history
    assert found[0]["action"] == "COMMENT_ADDED"


def test_it_hears_what_happens(servers: Servers, note: Callable[[str], None]) -> None:
    ticket = servers.first.make.ticket()
    servers.first.callers["AGENT"].patch(f"/tickets/{ticket['id']}", {"status": "RESOLVED"})
    assert soon(lambda: history_of(servers.first, ticket, entries=2), within=20)
    (audit,) = servers.second.containers("audit")
    assert servers.second.metric(audit, "audit_gap_versions") == 0
    assert servers.second.metric(audit, "nats_connected") == 1
    note(f"audit alone: {servers.second.memory()}")


def test_its_rows_are_its_own_server_s(servers: Servers) -> None:
    known = rows_of(servers.second, "audit.entries")
    there = rows_of(servers.first, "audit.entries")
    ticket = servers.first.make.ticket()
    soon(lambda: history_of(servers.first, ticket, entries=1), within=20)
    assert rows_of(servers.second, "audit.entries") == known + 1
    assert rows_of(servers.first, "audit.entries") == there


def test_without_it_work_goes_on_and_nothing_is_lost(servers: Servers) -> None:
    first, second = servers.first, servers.second
    docker("stop", *second.containers("audit"))
    try:
        ticket = first.make.ticket()
        assert first.callers["AGENT"].patch(f"/tickets/{ticket['id']}", {"severity": 1}).status_code == 200
        away = first.callers["AGENT"].get(f"/tickets/{ticket['id']}/audit")
        assert (away.status_code, away.headers["content-type"]) == (503, "application/problem+json")
    finally:
        docker("start", *second.containers("audit"))
    assert soon(lambda: history_of(first, ticket, entries=2), within=60)


def test_a_new_one_asks_for_all_that_it_lacks(servers: Servers, note: Callable[[str], None]) -> None:
    """With nothing moved to it: NATS believes to have told audit everything, so the others are asked."""
    first, second = servers.first, servers.second
    before = soon(lambda: history_of(first, servers.old, entries=2), within=20)
    second.compose("down", "-v")
    began = time.monotonic()
    second.compose("up", "-d", "postgres", "audit")
    second.wait_healthy()
    assert soon(lambda: history_of(first, servers.old, entries=2), within=120) == before
    note(f"audit alone, with nothing moved to it: complete after {time.monotonic() - began:.0f} s")
