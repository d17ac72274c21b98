"""A system that is used: its services restarted, its data backed up and brought back, as an operator does it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.topology import SERVICES
from devstack.ports import Ports
from devstack.topology import SERVERS
from e2e.test_devstack import Operator
from support.clients import Callers
from support.eventually import soon
from support.factories import Factory, Route
from support.steady import steady

pytestmark = pytest.mark.long


class House:
    """A running system with work in it."""

    def __init__(self, operator: Operator) -> None:
        self.operator = operator
        self.callers = Callers(f"http://localhost:{operator.port}")
        self.callers._by_role["ADMIN"] = self.callers.log_in("admin", "admin123")
        self.callers._by_role["AGENT"] = self.callers.new("AGENT")
        self.make = Factory(self.callers)

    @property
    def route(self) -> Route:
        return self.make.a_route

    def everything(self) -> dict[str, Any]:
        """All tickets with their comments and audit entries, as the API tells them."""
        agent, found = self.callers["AGENT"], {}
        for ticket in agent.get("/tickets").json():
            path = f"/tickets/{ticket['id']}"
            found[ticket["id"]] = (agent.get(path).json(), agent.get(f"{path}/audit").json())
        return found

    def ticket_with_history(self) -> str:
        """A ticket with a comment and a change, once the audit log tells of all of it."""
        ticket, agent = self.make.ticket()["id"], self.callers["AGENT"]
        agent.post(f"/tickets/{ticket}/comments", {"body": "Looked at it."})
        agent.patch(f"/tickets/{ticket}", {"status": "RESOLVED"})
        soon(lambda: len(agent.get(f"/tickets/{ticket}/audit").json()) == 3)
        return str(ticket)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    ports = Ports()
    operator = Operator(tmp_path_factory.mktemp("upkeep") / ".data", ports.take())
    done = operator.run("up", CLIENT_BUILD="off")
    assert done.returncode == 0, done.stderr
    house = House(operator)
    yield house
    house.callers.close()
    operator.run("down")
    ports.release()


class TestRollingRestart:
    def test_no_request_fails_and_every_service_is_a_new_process(self, house: House) -> None:
        before = house.operator.pids
        with steady(house.callers.url, house.operator.key, house.route) as load:
            done = house.operator.run("rolling-restart")
        assert (done.returncode, done.stderr) == (0, "")
        assert load.failures == []
        assert load.sent > 500
        after = house.operator.pids
        assert {name for name in after if after[name] == before[name]} == set(SERVERS)
        assert after.keys() == before.keys(), "no replica is left over"
        assert {service.name for service in SERVICES} < after.keys()

    def test_where_nothing_runs_it_says_so(self, tmp_path: Path) -> None:
        done = Operator(tmp_path / ".data", 1).run("rolling-restart")
        assert (done.returncode, done.stderr) == (1, "Nothing is running. Start it first: make up\n")


class TestBackup:
    def test_what_was_restored_is_complete_and_goes_on(self, house: House, tmp_path: Path) -> None:
        house.ticket_with_history()
        before = house.everything()
        backup = tmp_path / "backup.dump"
        assert house.operator.run("backup", "--file", str(backup)).returncode == 0
        later = house.ticket_with_history()

        done = house.operator.run("restore", "--file", str(backup), YES="1", CLIENT_BUILD="off")
        assert done.returncode == 0, done.stderr
        assert "NATS was emptied" in done.stdout
        assert house.everything() == before
        assert house.callers["AGENT"].get(f"/tickets/{later}").status_code == 404
        house.ticket_with_history()

    def test_it_can_be_restored_elsewhere(self, house: House, tmp_path: Path) -> None:
        house.ticket_with_history()
        before = house.everything()
        backup = tmp_path / "backup.dump"
        assert house.operator.run("backup", "--file", str(backup)).returncode == 0
        ports = Ports()
        elsewhere = Operator(tmp_path / "elsewhere", ports.take())
        try:
            done = elsewhere.run("restore", "--file", str(backup), YES="1")
            assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Start it: make up"), done.stderr
            assert elsewhere.run("up", CLIENT_BUILD="off").returncode == 0
            moved = House(elsewhere)
            assert moved.everything() == before
            moved.callers.close()
        finally:
            elsewhere.run("down")
            ports.release()

    def test_without_a_name_it_is_kept_beside_the_data_for_its_owner_alone(self, house: House) -> None:
        done = house.operator.run("backup")
        written = re.search(r"Wrote (\S+\.dump)", done.stdout)
        assert written is not None, done.stderr
        file = Path(written.group(1))
        assert file.parent == house.operator.data / "backups"
        assert file.stat().st_mode & 0o077 == 0

    def test_where_no_file_can_be_written_it_says_so(self, house: House, tmp_path: Path) -> None:
        for file, why in ((tmp_path, "is a folder"), (tmp_path / "missing" / "x.dump", "No such file or directory")):
            done = house.operator.run("backup", "--file", str(file))
            assert done.returncode == 1
            assert why in done.stderr
            assert "Traceback" not in done.stderr
        assert list(tmp_path.parent.glob("*.new")) == []

    def test_a_file_that_is_no_backup_changes_nothing(self, house: House, tmp_path: Path) -> None:
        wrong = tmp_path / "wrong.dump"
        wrong.write_text("a letter to the editor")
        before = house.operator.pids
        done = house.operator.run("restore", "--file", str(wrong), YES="1")
        assert done.returncode == 1
        assert f"{wrong} is no backup of this system" in done.stderr
        assert house.operator.pids == before

    def test_half_a_backup_changes_nothing(self, house: House, tmp_path: Path) -> None:
        house.ticket_with_history()
        before = house.everything()
        backup = tmp_path / "half.dump"
        assert house.operator.run("backup", "--file", str(backup)).returncode == 0
        backup.write_bytes(backup.read_bytes()[: backup.stat().st_size - 2000])
        done = house.operator.run("restore", "--file", str(backup), YES="1")
        assert done.returncode == 1
        assert "Nothing was changed." in done.stderr
        assert house.operator.run("up", CLIENT_BUILD="off").returncode == 0
        assert house.everything() == before

    def test_it_asks_first(self, house: House, tmp_path: Path) -> None:
        backup = tmp_path / "backup.dump"
        assert house.operator.run("backup", "--file", str(backup)).returncode == 0
        before = house.operator.pids
        done = house.operator.run("restore", "--file", str(backup))
        assert done.returncode == 1
        assert "make restore YES=1" in done.stderr
        assert house.operator.pids == before
