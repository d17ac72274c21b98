"""The system in containers, from two files in an empty folder to restoring a backup. The tests build on each other.

`make compose-test` runs them; they need Docker, and take minutes.
"""

import json
import time
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from compose.engine import docker
from compose.site import TAG, Site
from deploy.topology import ROUTED, SERVICES
from support.eventually import soon
from support.steady import Steady, steady

NEWER = "compose-test-newer"

MIGRATION = '''
"""A column more, as the next release would bring."""

import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{head}"


def upgrade() -> None:
    op.add_column("tickets", sa.Column("of_the_next_release", sa.Text()))
'''


class TestFirstDay:
    def test_r79_two_files_and_images_are_a_running_system(self, site: Site) -> None:
        assert sorted(path.name for path in site.folder.iterdir()) == [".env", "docker-compose.yml"]
        with site.nobody() as nobody:
            page, me = nobody.get("/", headers={"Accept": "text/html"}), nobody.get("/api/auth/me")
            reference = nobody.get("/api/docs/")
        assert (page.status_code, me.status_code, reference.status_code) == (200, 401, 200)
        assert "<title>" in page.text
        assert me.headers["content-type"] == "application/problem+json"

    def test_work_can_be_done(self, site: Site) -> None:
        ticket = site.make.ticket()
        changed = site.callers["AGENT"].patch(f"/tickets/{ticket['displayId']}", {"status": "RESOLVED"})
        said = site.callers["SERVICE"].post(f"/tickets/{ticket['id']}/comments", {"body": "Done."})
        assert (changed.status_code, said.status_code) == (200, 201)

        def entries() -> Any:
            found = site.callers["AGENT"].get(f"/tickets/{ticket['id']}/audit").json()
            return found if len(found) == 3 else None

        assert len(soon(entries)) == 3

    def test_r82_a_second_seed_changes_nothing(self, site: Site) -> None:
        said = site.compose("exec", "-T", "auth", "python", "-m", "auth", "seed")
        assert "nothing was changed" in said
        assert "sk_" not in said

    def test_a_second_up_changes_nothing(self, site: Site) -> None:
        before = {each["Id"]: each["State"]["StartedAt"] for each in site.inspect(*site.running())}
        site.up()
        after = {each["Id"]: each["State"]["StartedAt"] for each in site.inspect(*site.running())}
        assert after == before

    def test_memory_is_noted(self, site: Site) -> None:
        used = site.memory()
        site.note("memory: " + ", ".join(f"{name} {size}" for name, size in sorted(used.items())))
        assert len(used) == 12


class TestSecurity:
    def test_no_secret_can_be_seen_from_outside(self, site: Site) -> None:
        """Neither those of `.env` nor those that follow from them."""
        installation = site.installation
        known = {installation.jwt_secret, installation.postgres_password}
        for service in SERVICES:
            known |= {text for text in installation.secrets_to_migrate(service).values() if "secret" not in text}
        known |= {installation.passwords[f"postgres {s.name}_{kind}"] for s in SERVICES for kind in ("app", "owner")}
        shown = json.dumps(site.inspect(*site.all_containers()))
        assert not [secret for secret in known if secret in shown]
        logged = "".join(docker("logs", container) for container in site.all_containers())
        assert not [secret for secret in known if secret in logged]

    @pytest.mark.parametrize("name", [service.name for service in SERVICES])
    def test_a_service_is_locked_in(self, site: Site, name: str) -> None:
        container = site.containers("scheduler-worker" if name == "scheduler" else name)[0]
        status = dict(
            line.split(":\t") for line in site.inside(container, "cat", "/proc/1/status").splitlines() if ":\t" in line
        )
        assert (int(status["CapEff"], 16), int(status["CapBnd"], 16), status["NoNewPrivs"]) == (0, 0, "1")
        assert site.inside(container, "id", "-u").strip() == "10001"
        tried = "touch /app/x /usr/x /run/secrets/x 2>&1 | grep -c 'Read-only\\|Permission'"
        assert site.inside(container, "bash", "-c", tried).strip() == "3"
        held = site.inside(container, "ls", "/app/src").split()
        assert {name, "common", "contracts"} == set(held)

    def test_a_service_finds_its_own_secrets_and_no_owner_s(self, site: Site) -> None:
        found = site.inside(site.containers("tickets")[0], "ls", "/run/secrets").split()
        assert sorted(found) == sorted(site.installation.secrets(SERVICES[2]))

    @pytest.mark.parametrize("path", ["/internal/seed", "/metrics", "/readyz", "/healthz", "/api/../internal/seed"])
    def test_what_is_internal_does_not_exist_outside_by_any_name(self, site: Site, path: str) -> None:
        names = [None, "tickets", "auth", *(f"{name}-{site.project}" for name in ROUTED)]
        with site.nobody() as nobody:
            for name in names:
                answer = nobody.get(path, headers={"Host": name} if name else {})
                assert answer.status_code == 404, (path, name)

    def test_only_the_gateway_publishes(self, site: Site) -> None:
        published = {
            each["Config"]["Labels"]["com.docker.compose.service"]: sorted(each["NetworkSettings"]["Ports"] or {})
            for each in site.inspect(*site.running())
            if any((each["NetworkSettings"]["Ports"] or {}).values())
        }
        assert published == {"gateway": ["3080/tcp"]}

    def test_the_gateway_cannot_do_more_with_docker_than_look(self, site: Site) -> None:
        gateway = site.containers("gateway")[0]
        ask = "wget -q -S -O /dev/null {} 2>&1 | grep -m1 HTTP/ || true"

        def status(path: str, options: str = "") -> str:
            said = site.inside(gateway, "sh", "-c", ask.format(f"{options} http://socket-proxy:2375{path}"))
            return said.split()[1] if said.split() else "refused"

        assert status("/containers/json") == "200"
        assert status("/images/json") == "403"
        assert status("/containers/create", "--post-data={}") == "403"


class TestScale:
    def test_more_replicas_are_used_at_once(self, site: Site) -> None:
        site.up("tickets=3", "audit=2", "auth=2", "cti=2")
        began = time.monotonic()
        counts = {name: len(site.containers(name)) for name in ROUTED}
        assert counts == {"tickets": 3, "audit": 2, "auth": 2, "cti": 2}

        def all_are_asked() -> bool:
            for _ in range(6):
                site.callers["AGENT"].get("/tickets?limit=1")
            return all(site.metric(each, "http_requests_total") > 0 for each in site.containers("tickets"))

        soon(all_are_asked, within=30)
        site.note(
            f"tickets=3 audit=2 auth=2 cti=2: all replicas of tickets asked {time.monotonic() - began:.0f} s later"
        )

    def test_each_gets_its_share_and_one_relay_leads(self, site: Site) -> None:
        replicas = {name: site.containers(name) for name in ROUTED}
        before = {each: site.metric(each, "http_requests_total") for each in chain(*replicas.values())}
        with steady(site.url, site.key, site.make.a_route) as load:
            soon(lambda: load.sent >= 600, within=60)
        shares = {
            name: [site.metric(each, "http_requests_total") - before[each] for each in containers]
            for name, containers in replicas.items()
        }
        site.note(f"requests by replica: {shares}; {load.sent} sent, {len(load.failures)} failed")
        assert load.failures == []
        for name, shared in shares.items():
            assert min(shared) > 0.5 * sum(shared) / len(shared), (name, shared)
        for name in ("auth", "cti", "tickets"):
            assert sum(site.metric(each, "relay_is_leader") for each in replicas[name]) == 1


class TestWithoutAFailedRequest:
    @pytest.mark.parametrize("service", ROUTED)
    def test_replicas_are_restarted(self, site: Site, service: str) -> None:
        with steady(site.url, site.key, site.make.a_route) as load:
            site.script("roll.sh", service)
        _held(site, f"rolling restart of {service}", load)

    def test_nats_and_redis_are_restarted(self, site: Site) -> None:
        with steady(site.url, site.key, site.make.a_route) as load:
            site.script("roll.sh", "nats", "redis")
        _held(site, "restart of nats and redis", load)

    def test_a_newer_version_takes_over_and_migrates(self, site: Site, tmp_path: Path) -> None:
        _build_newer(site, tmp_path)
        with steady(site.url, site.key, site.make.a_route) as load:
            site.script("upgrade.sh", "tickets", TAG=NEWER)
        images = Counter(each["Config"]["Image"] for each in site.inspect(*site.containers("tickets")))
        assert images == {f"ticketing/ticketing-tickets:{NEWER}": 3}
        assert "of_the_next_release" in _psql(site, "select column_name from information_schema.columns")
        _held(site, "upgrade of tickets with a migration", load)
        with steady(site.url, site.key, site.make.a_route) as load:
            site.script("upgrade.sh", "tickets", TAG=TAG)
        images = Counter(each["Config"]["Image"] for each in site.inspect(*site.containers("tickets")))
        assert images == {f"ticketing/ticketing-tickets:{TAG}": 3}
        _held(site, "and back to the version before", load)

    def test_without_a_replica_the_gateway_says_when_to_ask_again(self, site: Site) -> None:
        site.compose("stop", "cti")
        try:
            answer = soon(lambda: _unavailable(site, "/cti/categories"), within=20)
        finally:
            site.compose("start", "cti")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "1"
        site.wait_healthy()
        soon(lambda: site.callers["AGENT"].get("/cti/categories").status_code == 200)


class TestBackup:
    def test_a_restored_backup_is_complete_with_an_empty_nats(self, site: Site, tmp_path: Path) -> None:
        backup = tmp_path / "backup.dump"
        soon(lambda: _told(site) or None, within=30)
        before = _everything(site)
        began = time.monotonic()
        site.script("backup.sh", str(backup))
        backed_up = time.monotonic() - began

        lost = site.make.ticket()
        site.compose("down", "-v")
        began = time.monotonic()
        site.script("restore.sh", str(backup))
        site.wait_healthy()
        restored = time.monotonic() - began

        soon(lambda: site.callers["AGENT"].get("/tickets?limit=1").status_code == 200, within=30)
        assert _everything(site) == before
        assert site.callers["AGENT"].get(f"/tickets/{lost['id']}").status_code == 404, "it came after the backup"
        size = backup.stat().st_size / 1024
        site.note(
            f"backup of {len(before)} tickets: {backed_up:.1f} s, {size:.0f} kB; "
            f"restored into empty volumes, all healthy, in {restored:.0f} s"
        )

    def test_after_it_new_changes_reach_the_audit_log(self, site: Site) -> None:
        ticket = site.make.ticket()
        soon(lambda: site.callers["AGENT"].get(f"/tickets/{ticket['id']}/audit").json(), within=20)
        assert {site.metric(each, "audit_gap_versions") for each in site.containers("audit")} == {0}


def _held(site: Site, what: str, load: Steady) -> None:
    site.note(f"{what}: {load.sent} requests, {len(load.failures)} failed")
    assert load.failures == []


def _unavailable(site: Site, path: str) -> Any:
    answer = site.callers["AGENT"].get(path)
    return answer if answer.status_code == 503 else None


def _build_newer(site: Site, folder: Path) -> None:
    """The next release of tickets: the same, and a migration."""
    versions = site.inside(site.containers("tickets")[0], "ls", "/app/migrations/versions").split()
    head = max(name.partition("_")[0] for name in versions if name.endswith(".py"))
    (folder / "9999_next.py").write_text(MIGRATION.format(head=head))
    (folder / "Dockerfile").write_text(
        f"FROM ticketing/ticketing-tickets:{TAG}\nCOPY 9999_next.py /app/migrations/versions/\n"
    )
    docker("build", "-q", "-t", f"ticketing/ticketing-tickets:{NEWER}", str(folder))


def _psql(site: Site, sql: str) -> str:
    return site.compose("exec", "-T", "postgres", "psql", "-U", "postgres", "-At", "ticketing", "-c", sql)


def _told(site: Site) -> bool:
    """Whether the audit service has heard all that tickets said."""
    unsaid = _psql(site, "select count(*) from tickets.events where stream_seq is null").strip()
    behind = [site.metric(each, "consumer_num_pending") for each in site.containers("audit")]
    return unsaid == "0" and not any(behind)


def _everything(site: Site) -> dict[str, Any]:
    """All tickets with their comments and audit entries, as the API tells them."""
    found = {}
    for ticket in _read(site, "/tickets"):
        path = f"/tickets/{ticket['id']}"
        found[ticket["id"]] = (_read(site, path), _read(site, f"{path}/audit"))
    return found


def _read(site: Site, path: str) -> Any:
    """What is there, once it can be asked: right after a start a lone replica may not be ready for a moment."""

    def answered() -> Any:
        answer = site.callers["AGENT"].get(path)
        assert answer.status_code == 200, answer.text
        return answer

    return soon(answered, within=60).json()
