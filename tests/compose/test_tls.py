"""Servers of the operator's own, over TLS, by an authority that nobody else knows: as docs/operations.md says."""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from compose.engine import docker, logs
from compose.site import Images, Site, site_of
from compose.theirs import Theirs, servers_of_theirs
from support.eventually import soon
from support.factories import unique

PUBLIC = "SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt"
ASK_REDIS = (
    "from common.settings import load; from scheduler.settings import SchedulerSettings;"
    "from scheduler.celery_app import scheduler_app;"
    "scheduler_app(load(SchedulerSettings)).connection_for_write().ensure_connection(max_retries=1, interval_start=0)"
)


@dataclass(frozen=True)
class Secured:
    site: Site
    theirs: Theirs


@pytest.fixture(scope="module")
def secured(images: Images, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Secured]:
    with (
        servers_of_theirs(tmp_path_factory.mktemp("theirs")) as theirs,
        site_of(images, tmp_path_factory.mktemp("ours"), theirs.variables) as site,
    ):
        theirs.start(site.installation.passwords)
        site.override("docker-compose.override.yml with servers of your own")
        shutil.copy(theirs.authority.file, site.folder / "ca.pem")
        site.up()
        site.first_day()
        yield Secured(site, theirs)


def test_none_of_ours_runs(secured: Secured) -> None:
    running = {
        each["Config"]["Labels"]["com.docker.compose.service"] for each in secured.site.inspect(*secured.site.running())
    }
    assert running & {"postgres", "nats", "redis"} == set()
    assert {"auth", "cti", "tickets", "audit", "scheduler-worker", "scheduler-beat", "gateway"} <= running


def test_work_can_be_done(secured: Secured, note: Callable[[str], None]) -> None:
    site = secured.site
    ticket = site.make.ticket()
    assert site.callers["AGENT"].patch(f"/tickets/{ticket['id']}", {"status": "RESOLVED"}).status_code == 200
    found = soon(lambda: len(site.callers["AGENT"].get(f"/tickets/{ticket['id']}/audit").json()) == 2, within=20)
    assert found
    note("PostgreSQL by verify-full, NATS by tls://, Redis by rediss://, an authority of one's own: work is done")


def test_every_connection_to_postgresql_is_encrypted(secured: Secured) -> None:
    said = secured.theirs.sql(
        "select usename, bool_and(ssl) from pg_stat_activity join pg_stat_ssl using (pid)"
        " where usename like '%_app' group by 1 order by 1"
    )
    assert said.split() == ["audit_app|t", "auth_app|t", "cti_app|t", "tickets_app|t"]


def test_every_service_is_connected_to_nats(secured: Secured) -> None:
    for name in ("auth", "cti", "tickets", "audit"):
        for container in secured.site.containers(name):
            assert secured.site.metric(container, "nats_connected") == 1
            assert secured.site.metric(container, "nats_permission_violations_total") == 0


def test_an_operator_can_read_whom_nats_must_know(secured: Secured) -> None:
    """As docs/operations.md says it."""
    said = secured.site.compose("run", "--rm", "nats", "cat", "/etc/ticketing/nats.conf")
    known = json.loads(said[said.index("{") :])["authorization"]["users"]
    assert {user["user"] for user in known} == {"operator", "auth", "cti", "tickets", "audit"}


def test_failed_logins_are_counted_in_redis(secured: Secured) -> None:
    with secured.site.nobody() as nobody:
        body = {"username": unique("unknown"), "password": "wrong"}
        assert [nobody.post("/api/auth/login", json=body).status_code for _ in range(4)] == [401, 401, 401, 429]
    assert "login" in secured.theirs.redis("keys", "*")
    assert "redis_away" not in secured.site.log("auth")


def test_the_scheduler_asks(secured: Secured) -> None:
    soon(lambda: "auto_close.acknowledged" in secured.site.log("scheduler-worker"), within=60)


@pytest.mark.parametrize(
    ("container", "command"),
    [
        ("audit-migrate", ("python", "-m", "audit", "migrate")),
        ("scheduler-worker", ("python", "-c", ASK_REDIS)),
    ],
)
def test_who_does_not_know_the_authority_is_refused_by_its_own_side(
    secured: Secured, container: str, command: tuple[str, ...]
) -> None:
    ask = ("run", "--rm", "--no-deps")
    secured.site.compose(*ask, container, *command)
    with pytest.raises(RuntimeError, match=r"(?i)certificate.verify.failed"):
        secured.site.compose(*ask, "-e", PUBLIC, container, *command)


def test_a_service_that_does_not_know_it_says_so_and_is_not_ready(secured: Secured) -> None:
    container = secured.site.compose("run", "-d", "--no-deps", "-e", PUBLIC, "cti").strip().splitlines()[-1]
    try:
        soon(lambda: "bus.refused" in logs(container) or "certificate verify failed" in logs(container), within=60)
        assert secured.site.inspect(container)[0]["State"].get("Health", {}).get("Status") != "healthy"
    finally:
        docker("rm", "-f", container)
