"""`make up` and its neighbours, as an operator runs them (R80, R82, R83, A20)."""

import contextlib
import os
import re
import shlex
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from devstack import state
from devstack.ports import Ports
from devstack.settings import FOR_SERVICES, ROOT, Settings
from devstack.stack import Stack
from devstack.topology import COMPONENTS
from devstack.waiting import until


@dataclass
class Operator:
    """Runs commands on one data folder and port of their own."""

    data: Path
    port: int

    def run(self, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        settings = {*FOR_SERVICES, "DATABASE_URL", "BIND", "PG_BIN", "CLIENT_BUILD", "YES"}
        environment = {name: value for name, value in os.environ.items() if name not in settings}
        environment |= {"DATA_DIR": str(self.data), "PORT": str(self.port)} | variables
        return subprocess.run(
            [sys.executable, "-m", "devstack", *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    @property
    def state(self) -> state.StackState:
        found = state.read(self.data)
        assert found is not None
        return found

    @property
    def pids(self) -> dict[str, int | None]:
        return {name: component.pid for name, component in self.state.components.items()}

    @property
    def key(self) -> str:
        return (self.data / "goddard.key").read_text().strip()

    def tickets(self) -> list[dict[str, object]]:
        answer = httpx.get(f"http://localhost:{self.port}/api/tickets", headers={"X-Api-Key": self.key})
        assert answer.status_code == 200, answer.text
        tickets: list[dict[str, object]] = answer.json()
        return tickets

    def leaves_nothing(self) -> bool:
        return not state.is_held(self.data) and not any(
            component.pid and state.is_alive(component.pid, component.started)
            for component in (self.state.components if state.read(self.data) else {}).values()
        )


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    ports = Ports()
    yield ports.take()
    ports.release()


@pytest.fixture
def stranger(tmp_path: Path, port: int) -> Iterator[Operator]:
    """An operator whose stack never gets far."""
    operator = Operator(tmp_path / "my data", port)
    yield operator
    operator.run("down")


@pytest.fixture(scope="module")
def operator(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[Operator]:
    operator = Operator(tmp_path_factory.mktemp("data of mine") / ".data", port)
    yield operator
    operator.run("down")


@pytest.fixture
def outer_postgres(tmp_path: Path) -> Iterator[str]:
    """A PostgreSQL that is not the stack's own, as its superuser."""
    stack = Stack(Settings(data=tmp_path / "postgres of others", port=0), components=("postgres",))
    stack.start()
    yield stack.database_url("postgres")
    stack.stop()


class TestRefusals:
    """One clear sentence each, and no half-started leftovers."""

    def test_a_port_in_use(self, stranger: Operator) -> None:
        with socket.create_server(("127.0.0.1", stranger.port)):
            done = stranger.run("up")
        assert done.returncode == 1
        assert f"Port {stranger.port} is in use by another program." in done.stderr
        assert "make up PORT=" in done.stderr
        assert stranger.leaves_nothing()

    def test_an_address_of_another_machine(self, stranger: Operator) -> None:
        done = stranger.run("up", BIND="203.0.113.7")
        assert done.returncode == 1
        assert done.stderr == "BIND=203.0.113.7 names no address of this machine.\n"
        assert stranger.leaves_nothing()

    @pytest.mark.parametrize("content", ["", "{", '{"jwt": 3}'])
    def test_damaged_secrets(self, stranger: Operator, content: str) -> None:
        stranger.data.mkdir()
        (stranger.data / "secrets.json").write_text(content)
        done = stranger.run("up")
        assert done.returncode == 1
        assert "secrets.json" in done.stderr
        assert "make reset" in done.stderr
        assert stranger.leaves_nothing()

    def test_a_damaged_database(self, stranger: Operator) -> None:
        (stranger.data / "postgres").mkdir(parents=True)
        done = stranger.run("up")
        assert done.returncode == 1
        assert "is not a PostgreSQL cluster" in done.stderr
        assert "make reset" in done.stderr
        assert stranger.leaves_nothing()

    def test_a_missing_tool(self, stranger: Operator, tmp_path: Path) -> None:
        done = stranger.run("up", PG_BIN=str(tmp_path))
        assert done.returncode == 1
        assert f"PG_BIN={tmp_path} has no postgres" in done.stderr
        assert stranger.leaves_nothing()

    def test_a_data_folder_that_is_a_file(self, stranger: Operator) -> None:
        stranger.data.write_text("")
        done = stranger.run("up")
        assert done.returncode == 1
        assert str(stranger.data) in done.stderr
        assert len(done.stderr.splitlines()) == 1

    @pytest.mark.parametrize("missing", ["JWT_SECRET", "DATABASE_URL", "CLIENT_URL"])
    def test_r80_production_without_a_variable(self, stranger: Operator, missing: str) -> None:
        given = {
            "JWT_SECRET": "0123456789abcdef0123456789abcdef-",
            "DATABASE_URL": "postgresql://admin:long@127.0.0.1:1/tickets",
            "CLIENT_URL": "https://tickets.example.org",
        }
        done = stranger.run("up", APP_ENV="production", **{k: v for k, v in given.items() if k != missing})
        assert done.returncode == 1
        assert missing in done.stderr
        assert stranger.leaves_nothing()

    @pytest.mark.long  # each unsafe secret: tests/unit/auth/test_settings.py
    def test_r80_production_with_an_unsafe_secret(self, stranger: Operator, outer_postgres: str) -> None:
        done = stranger.run(
            "up",
            APP_ENV="production",
            JWT_SECRET="secret",
            DATABASE_URL=outer_postgres,
            CLIENT_URL="https://tickets.example.org",
            CLIENT_BUILD="off",
        )
        assert done.returncode == 1
        assert "JWT_SECRET" in done.stderr
        assert stranger.leaves_nothing()

    def test_nothing_runs(self, stranger: Operator) -> None:
        assert stranger.run("down").stdout.startswith("Nothing is running")
        assert stranger.run("status").returncode == 3
        assert "make up" in stranger.run("auto-close").stderr


class TestALife:
    """In this order: a stack comes up, is used, damaged, stopped, brought back and deleted."""

    def test_r83_up_returns_when_it_answers_and_says_how_to_begin(self, operator: Operator) -> None:
        done = operator.run("up")
        assert done.returncode == 0, done.stderr
        for component in COMPONENTS:
            assert re.search(rf"^{component} +… ready \d+\.\d s$", done.stdout, re.MULTILINE)
        assert re.search(r"^client +… (built|as built before) \d+\.\d s$", done.stdout, re.MULTILINE)
        assert f"http://localhost:{operator.port}" in done.stdout
        assert "admin / admin123" in done.stdout
        assert done.stdout.count(operator.key) == 1

        first_ticket = next(line for line in done.stdout.splitlines() if line.startswith("curl "))
        made = subprocess.run(first_ticket, shell=True, cwd=ROOT, capture_output=True, text=True, check=True)
        assert re.search(r'"displayId":\s*"V\d{9}"', made.stdout), made.stdout
        assert len(operator.tickets()) == 1

    def test_the_client_is_there_under_both_names(self, operator: Operator) -> None:
        built = (ROOT / "web" / "dist" / "index.html").read_text()
        for host in ("localhost", "127.0.0.1"):
            page = httpx.get(f"http://{host}:{operator.port}/tickets/V123456789", headers={"Accept": "text/html"})
            assert page.text == built

    def test_a20_it_answers_on_both_loopbacks_and_nowhere_else(self, operator: Operator) -> None:
        for host in ("127.0.0.1", "[::1]", "localhost"):
            assert httpx.get(f"http://{host}:{operator.port}/api/auth/me").status_code == 401
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("203.0.113.1", 9))
            address = probe.getsockname()[0]
        with pytest.raises(OSError, match="refused"):
            socket.create_connection((address, operator.port), timeout=2).close()

    def test_a_second_up_says_so_and_changes_nothing(self, operator: Operator) -> None:
        before = operator.pids
        done = operator.run("up")
        assert done.returncode == 0
        assert done.stdout.startswith(f"Already running at http://localhost:{operator.port}")
        assert operator.pids == before
        assert operator.key not in done.stdout

    def test_only_the_owner_may_read_the_data(self, operator: Operator) -> None:
        assert stat.S_IMODE(operator.data.stat().st_mode) == 0o700
        for name in ("secrets.json", "goddard.key", "run/state.json", "run/nats.conf", "run/valkey.conf"):
            assert stat.S_IMODE((operator.data / name).stat().st_mode) == 0o600

    def test_status_shows_each_component(self, operator: Operator) -> None:
        done = operator.run("status")
        assert done.returncode == 0
        for component, pid in operator.pids.items():
            assert re.search(rf"^{component} +ready +{pid} ", done.stdout, re.MULTILINE)

    def test_logs_are_told_by_component(self, operator: Operator) -> None:
        assert "database system is ready" in operator.run("logs", "postgres").stdout
        assert re.search(r"^nats +\[", operator.run("logs").stdout, re.MULTILINE)
        assert "Logs: audit" in operator.run("logs", "nonsense").stderr

    @pytest.mark.parametrize("component", ["tickets", "nats", "traefik"])
    def test_a_crashed_component_is_started_again(self, operator: Operator, component: str) -> None:
        before = operator.state.components[component]
        assert before.pid is not None
        os.kill(before.pid, signal.SIGKILL)
        assert until(lambda: operator.state.components[component].restarts == before.restarts + 1, 10)
        assert until(lambda: operator.state.components[component].state == "ready", 20)
        assert until(lambda: httpx.get(f"http://localhost:{operator.port}/api/tickets").status_code == 401, 10)
        assert len(operator.tickets()) == 1

    def test_auto_close_asks_tickets_now(self, operator: Operator) -> None:
        done = operator.run("auto-close")
        assert (done.returncode, done.stderr) == (0, "")

    def test_a_service_runs_its_own_commands(self, operator: Operator) -> None:
        done = operator.run("service", "tickets", "dead-letters", "list")
        assert (done.returncode, done.stdout) == (0, "tickets: 0 dead letters\n")
        assert operator.run("service", "cti", "republish").stdout.startswith("cti: ")

    def test_the_password_can_be_changed(self, operator: Operator) -> None:
        with httpx.Client(base_url=f"http://localhost:{operator.port}/api/auth") as admin:
            signed_in = admin.post("/login", json={"username": "admin", "password": "admin123"})
            admin.headers["Authorization"] = f"Bearer {signed_in.json()['token']}"
            change = {"currentPassword": "admin123", "newPassword": "correct horse 99"}
            assert admin.post("/password", json=change).status_code == 204

    def test_an_admin_who_forgot_the_password_gets_another(self, operator: Operator) -> None:
        api = f"http://localhost:{operator.port}/api"

        def log_in(password: str) -> httpx.Response:
            return httpx.post(f"{api}/auth/login", json={"username": "admin", "password": password})

        session = {"Authorization": f"Bearer {log_in('correct horse 99').json()['token']}"}
        done = operator.run("service", "auth", "reset-password", "Admin")
        found = re.fullmatch(
            r"auth: admin signs in with (\S+) from now on, and is asked to change it\. .*\n", done.stdout
        )
        assert found, done
        assert log_in("correct horse 99").status_code == 401
        assert log_in(found[1]).json()["user"]["mustChangePassword"]
        assert until(lambda: httpx.get(f"{api}/tickets?limit=1", headers=session).status_code == 401, 5)
        refused = operator.run("service", "auth", "reset-password", "nobody")
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "there is no account nobody" in refused.stderr
        refused = operator.run("service", "nonsense", "migrate")
        assert (refused.returncode, refused.stderr[:34]) == (1, "Which service? S=auth or S=cti or ")

    def test_nothing_survives_a_killed_supervisor_and_the_next_up_finds_all_data(self, operator: Operator) -> None:
        before = operator.state
        os.kill(before.supervisor, signal.SIGKILL)
        done = operator.run("up")
        assert done.returncode == 0, done.stderr
        assert operator.key not in done.stdout
        assert "admin123" not in done.stdout
        assert re.search(r"^Login +admin$", done.stdout, re.MULTILINE)
        assert not [name for name, old in before.components.items() if old.pid and state.is_alive(old.pid, old.started)]
        assert len(operator.tickets()) == 1

    def test_down_stops_everything_and_keeps_the_data(self, operator: Operator) -> None:
        pids = operator.state.components
        # Told a thousand times at once, it ends all the same.
        for _ in range(1_000):
            with contextlib.suppress(ProcessLookupError):
                os.kill(operator.state.supervisor, signal.SIGTERM)
        done = operator.run("down")
        assert done.returncode == 0
        assert done.stdout.split(".")[0] in {"Stopped", "Nothing is running"}
        assert not [name for name, old in pids.items() if old.pid and state.is_alive(old.pid, old.started)]
        assert operator.leaves_nothing()
        assert (operator.data / "postgres" / "PG_VERSION").exists()

    @pytest.mark.long
    def test_a_stack_whose_data_was_deleted_ends(self, operator: Operator) -> None:
        kept = operator.data.with_name("kept")
        assert operator.run("up").returncode == 0
        before = operator.state
        operator.data.rename(kept)
        assert until(lambda: state.start_ticks(before.supervisor) is None, 20)
        assert not [name for name, old in before.components.items() if old.pid and state.is_alive(old.pid, old.started)]
        kept.rename(operator.data)

    def test_reset_asks_first(self, operator: Operator) -> None:
        done = operator.run("reset")
        assert done.returncode == 1
        assert "make reset YES=1" in done.stderr
        assert operator.data.exists()

    def test_reset_deletes_nothing_of_others(self, operator: Operator, tmp_path: Path) -> None:
        (tmp_path / "letter.txt").write_text("mine")
        done = operator.run("reset", YES="1", DATA_DIR=str(tmp_path))
        assert done.returncode == 1
        assert "holds no data of this system" in done.stderr
        assert (tmp_path / "letter.txt").read_text() == "mine"

    def test_reset_deletes_all_data(self, operator: Operator) -> None:
        assert operator.run("reset", YES="1").returncode == 0
        assert not operator.data.exists()

    def test_reset_leaves_the_backups(self, stranger: Operator) -> None:
        backup = stranger.data / "backups" / "tuesday.dump"
        backup.parent.mkdir(parents=True)
        backup.write_text("kept")
        (stranger.data / "secrets.json").write_text("{}")
        (stranger.data / "run").mkdir()
        assert "but the backups" in stranger.run("reset", YES="1").stdout
        assert [path for path in stranger.data.rglob("*") if path.is_file()] == [backup]
        assert stranger.run("reset", YES="1").stdout == "There is nothing to delete.\n"


def test_restore_asks_which_backup() -> None:
    done = subprocess.run(shlex.split("make restore"), cwd=ROOT, capture_output=True, text=True, check=False)
    assert "Which backup? make restore FILE=" in done.stderr


def test_whoever_reads_the_first_lines_alone_sees_no_traceback(operator: Operator) -> None:
    (operator.data / "logs").mkdir(parents=True, exist_ok=True)
    (operator.data / "logs" / "long.log").write_text("a line\n" * 100_000)
    command = f"DATA_DIR={shlex.quote(str(operator.data))} {sys.executable} -m devstack logs long | head -1"
    done = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=True)
    assert (done.stdout.count("\n"), done.stderr) == (1, "")


def test_help_names_every_command() -> None:
    done = subprocess.run(shlex.split("make help"), cwd=ROOT, capture_output=True, text=True, check=True)
    phony = re.search(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert phony is not None
    listed = re.findall(r"^ +make (\S+) +\S", done.stdout, re.MULTILINE)
    assert sorted(listed) == sorted(set(phony.group(1).split()) - {"install"})
