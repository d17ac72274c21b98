"""The incident log's requests, and the audit log they must leave."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from devstack.import_incidents import main
from devstack.importer.agents import agents
from devstack.importer.check import Difference, differences, entries_in
from devstack.importer.incident_log import COLUMNS, Incident, IncidentLogError, Record, read_incident_log
from devstack.importer.plan import Actors, Entry, TicketPlan, TicketState, plan_ticket, state_of

ACTORS = Actors(service="goddard", admin="admin")
REAL_LOG = Path(__file__).resolve().parents[4] / "shared/data/servicenow_incident_events.csv"
needs_real_log = pytest.mark.skipif(not REAL_LOG.exists(), reason="../shared/data is not beside this checkout")


def row(**changed: str) -> dict[str, str]:
    known = {
        "number": "INC0000047",
        "incident_state": "New",
        "priority": "3 - Moderate",
        "category": "Category 40",
        "subcategory": "Subcategory 215",
        "u_symptom": "Symptom 471",
        "caller_id": "Caller 2403",
        "location": "Location 165",
        "closed_code": "code 5",
        "resolved_at": "01-03-2016 09:52",
    }
    return {**dict.fromkeys(COLUMNS.values(), "?"), **known, **changed}


def record(**changed: str) -> Record:
    return Record.from_row(row(**changed), line=2)


def plan(*rows: dict[str, str]) -> TicketPlan:
    return plan_ticket(Incident("INC0000047", tuple(record(**changed) for changed in rows)))


def request_logs(planned: TicketPlan) -> list[list[Entry]]:
    return [step.entries(ACTORS) for step in planned.steps]


def write(folder: Path, *rows: dict[str, str], columns: list[str] | None = None) -> Path:
    path = folder / "incidents.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns or list(COLUMNS.values()), extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


class TestReading:
    def test_an_incident_keeps_its_rows_in_file_order_even_between_others(self, tmp_path: Path) -> None:
        path = write(
            tmp_path,
            row(),
            row(number="INC0000050"),
            row(incident_state="Active"),
            row(incident_state="Closed"),
        )
        first, second = read_incident_log(path).incidents
        assert [record.state for record in first.records] == ["New", "Active", "Closed"]
        assert second.number == "INC0000050"

    def test_a_question_mark_is_not_known_and_spaces_are_single(self) -> None:
        assert record(assigned_to="?").assigned_to is None
        assert record(opened_by="Opened by  397").opened_by == "Opened by 397"

    def test_another_content_has_another_digest(self, tmp_path: Path) -> None:
        one = read_incident_log(write(tmp_path, row())).digest
        assert read_incident_log(write(tmp_path, row(priority="1 - Critical"))).digest != one

    @pytest.mark.parametrize(
        ("content", "sentence"),
        [
            (b"number,priority\nINC1,1\n", "lacks the columns incident_state, impact"),
            (b"", "lacks the columns number"),
            (b"\xff\xfe", "not UTF-8"),
        ],
    )
    def test_a_file_of_another_kind_is_named_with_what_it_lacks(
        self, tmp_path: Path, content: bytes, sentence: str
    ) -> None:
        path = tmp_path / "other.csv"
        path.write_bytes(content)
        with pytest.raises(IncidentLogError, match=sentence):
            read_incident_log(path)

    def test_one_missing_column_is_named(self, tmp_path: Path) -> None:
        columns = [column for column in COLUMNS.values() if column != "u_symptom"]
        with pytest.raises(IncidentLogError, match="lacks the column u_symptom:"):
            read_incident_log(write(tmp_path, row(), columns=columns))

    def test_a_short_row_is_named_by_its_line(self, tmp_path: Path) -> None:
        path = write(tmp_path, row())
        path.write_text(path.read_text(encoding="utf-8") + "INC0000050,New\n", encoding="utf-8")
        with pytest.raises(IncidentLogError, match="Line 3 has 2 fields"):
            read_incident_log(path)

    def test_a_row_without_a_number_is_named_by_its_line(self, tmp_path: Path) -> None:
        with pytest.raises(IncidentLogError, match="Line 2 has no number"):
            read_incident_log(write(tmp_path, row(number="?")))

    def test_no_rows_is_no_log(self, tmp_path: Path) -> None:
        with pytest.raises(IncidentLogError, match="no incident"):
            read_incident_log(write(tmp_path))

    def test_the_command_says_what_is_wrong_with_the_file(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["--file", str(tmp_path / "absent.csv")]) == 2
        assert "absent.csv cannot be read: No such file" in capsys.readouterr().err


class TestState:
    @pytest.mark.parametrize(
        ("state", "status"),
        [
            ("New", "OPEN"),
            ("Active", "IN_PROGRESS"),
            ("Awaiting User Info", "IN_PROGRESS"),
            ("Awaiting Problem", "IN_PROGRESS"),
            ("Resolved", "RESOLVED"),
            ("Closed", "CLOSED"),
        ],
    )
    def test_status_comes_from_the_incident_state(self, state: str, status: str) -> None:
        assert state_of(record(incident_state=state)).status == status

    @pytest.mark.parametrize(("priority", "severity"), [("1 - Critical", 1), ("2 - High", 2), ("4 - Low", 4), ("?", 3)])
    def test_severity_comes_from_the_priority(self, priority: str, severity: int) -> None:
        assert state_of(record(priority=priority)).severity == severity

    def test_a_priority_without_a_number_is_refused(self) -> None:
        with pytest.raises(IncidentLogError, match="'Urgent'"):
            state_of(record(priority="Urgent"))

    def test_unknown_cti_has_nodes_of_its_own(self) -> None:
        state = state_of(record(category="?", subcategory="?", u_symptom="?"))
        assert state.path == ("Unknown category", "Unknown subcategory", "Unknown symptom")

    def test_the_title_begins_with_the_number_and_says_what_is_known(self) -> None:
        assert state_of(record()).title == "INC0000047: Symptom 471 at Location 165"
        assert state_of(record(u_symptom="?", location="?")).title == "INC0000047: Subcategory 215"

    def test_the_outcome_is_told_only_once_there_is_one(self) -> None:
        assert "code 5" not in state_of(record(incident_state="Active")).overview
        assert "code 5" in state_of(record(incident_state="Resolved")).overview

    def test_nothing_unknown_is_told(self) -> None:
        assert "?" not in state_of(record(incident_state="Closed", caller_id="?", location="?")).overview


class TestPlan:
    def test_a_creation_leaves_one_entry(self) -> None:
        assert request_logs(plan({})) == [[Entry("CREATED", None, "goddard")]]

    def test_a_first_status_beyond_new_is_a_request_of_its_own(self) -> None:
        created, changed = plan({"incident_state": "Active"}).steps
        assert created.after.status == "OPEN"
        assert [entry.detail for entry in changed.entries(ACTORS)] == ["Open → In Progress"]

    def test_a_record_that_changes_nothing_leaves_nothing(self) -> None:
        assert request_logs(plan({}, {}))[1:] == [[]]

    def test_assignment_and_its_reverse(self) -> None:
        log = request_logs(plan({}, {"assigned_to": "Resolver 89"}, {"assigned_to": "Resolver 31"}, {}))
        details = [entry.detail for request in log[1:] for entry in request]
        assert details == ["Unassigned → Resolver 89", "Resolver 89 → Resolver 31", "Resolver 31 → Unassigned"]

    def test_one_entry_for_a_reroute_of_three_nodes(self) -> None:
        moved = {"category": "Category 9", "subcategory": "Subcategory 1", "u_symptom": "?"}
        rerouted = request_logs(plan({}, moved))[1][-1]
        assert rerouted == Entry(
            "REROUTED",
            "Category 40 › Subcategory 215 › Symptom 471 → Category 9 › Subcategory 1 › Unknown symptom",
            "goddard",
        )

    def test_the_order_within_one_request(self) -> None:
        everything = {
            "incident_state": "Resolved",
            "priority": "1 - Critical",
            "assigned_to": "Resolver 89",
            "u_symptom": "Symptom 4",
        }
        assert request_logs(plan({}, everything))[1] == [
            Entry("TITLE_CHANGED", "INC0000047: Symptom 4 at Location 165", "goddard"),
            Entry("OVERVIEW_CHANGED", None, "goddard"),
            Entry("SEVERITY_CHANGED", "SEV 3 → SEV 1", "goddard"),
            Entry("STATUS_CHANGED", "Open → Resolved", "goddard"),
            Entry("ASSIGNEE_CHANGED", "Unassigned → Resolver 89", "goddard"),
            Entry(
                "REROUTED",
                "Category 40 › Subcategory 215 › Symptom 471 → Category 40 › Subcategory 215 › Symptom 4",
                "goddard",
            ),
        ]

    def test_whatever_a_closed_record_changes_is_the_admins(self) -> None:
        log = plan({}, {"incident_state": "Closed", "assigned_to": "Resolver 89"}, {"incident_state": "Closed"})
        assert {entry.username for request in request_logs(log)[1:] for entry in request} == {"admin"}
        assert [step.by_admin for step in log.steps] == [False, True, True]

    def test_the_log_is_newest_request_first_in_the_fixed_order_within_each(self) -> None:
        assigned = {"assigned_to": "Resolver 89"}
        log = plan({}, {"incident_state": "Active", **assigned}, {"incident_state": "Resolved", **assigned})
        assert [entry.action for entry in log.log(ACTORS)] == [
            "OVERVIEW_CHANGED",
            "STATUS_CHANGED",
            "OVERVIEW_CHANGED",
            "STATUS_CHANGED",
            "ASSIGNEE_CHANGED",
            "CREATED",
        ]


class TestGoingOn:
    PLAN = plan({}, {}, {"incident_state": "Active"}, {"incident_state": "Active"}, {"incident_state": "Resolved"})

    def test_a_request_that_changes_nothing_leaves_the_version(self) -> None:
        assert self.PLAN.versions == [1, 1, 2, 2, 3]

    @pytest.mark.parametrize(("version", "done"), [(1, 2), (2, 4), (3, 5), (9, 5)])
    def test_the_next_step_is_the_first_that_changes_what_is_there(self, version: int, done: int) -> None:
        assert self.PLAN.steps_done(version) == done

    def test_entries_are_counted_up_to_a_step(self) -> None:
        assert [self.PLAN.entries_after(steps) for steps in (1, 2, 3, 5)] == [1, 1, 3, 5]


class TestCheck:
    CREATED = Entry("CREATED", None, "goddard")
    OPENED = Entry("STATUS_CHANGED", "Open → In Progress", "goddard")

    def test_equal_sequences_do_not_differ(self) -> None:
        assert differences("INC1", [self.OPENED, self.CREATED], [self.OPENED, self.CREATED]) == []

    def test_a_missing_entry_and_an_unexpected_one_are_told(self) -> None:
        twice = differences("INC1", [self.OPENED, self.CREATED], [self.OPENED, self.OPENED, self.CREATED])
        assert [str(difference) for difference in twice] == [
            "INC1: unexpected: STATUS_CHANGED by goddard: Open → In Progress"
        ]
        assert differences("INC1", [self.CREATED], []) == [Difference("INC1", self.CREATED, missing=True)]

    def test_another_order_or_another_actor_differs(self) -> None:
        assert differences("INC1", [self.OPENED, self.CREATED], [self.CREATED, self.OPENED])
        assert differences("INC1", [self.CREATED], [self.CREATED._replace(username="admin")])

    def test_rows_of_the_api_are_read_as_entries(self) -> None:
        answer = [{"id": "1", "action": "CREATED", "detail": None, "user": {"username": "goddard", "displayName": "G"}}]
        assert entries_in(answer) == [self.CREATED]


class TestAgents:
    def test_a_resolver_becomes_an_agent_with_a_derived_name(self) -> None:
        person = agents(["Resolver 89"])["Resolver 89"]
        assert (person.username, person.display_name, person.role) == ("resolver-89", "Resolver 89", "AGENT")
        assert person.email == "resolver-89@resolvers.example"

    def test_names_that_look_alike_stay_two_people(self) -> None:
        people = agents(["Ann B", "ann-b", "Ann B", "李"])
        assert len({person.username for person in people.values()}) == len(people) == 3
        assert len({person.password for person in people.values()}) == 3


@needs_real_log
class TestRealLog:
    def test_every_event_is_a_request_and_every_incident_ends_closed(self) -> None:
        log = read_incident_log(REAL_LOG)
        plans = [plan_ticket(incident) for incident in log.incidents]
        opened_late = sum(incident.records[0].state != "New" for incident in log.incidents)
        assert len(plans) == 600
        assert sum(len(one.steps) for one in plans) == 4031 + opened_late
        assert all(one.steps[-1].after.status == "CLOSED" for one in plans)

    def test_each_step_of_a_plan_begins_where_the_last_one_ended(self) -> None:
        for incident in read_incident_log(REAL_LOG).incidents:
            before: TicketState | None = None
            for step in plan_ticket(incident).steps:
                assert step.before == before
                before = step.after

    def test_the_log_of_a_rerouted_incident(self) -> None:
        incidents = {incident.number: incident for incident in read_incident_log(REAL_LOG).incidents}
        assert plan_ticket(incidents["INC0001412"]).log(ACTORS) == [
            Entry("OVERVIEW_CHANGED", None, "admin"),
            Entry("STATUS_CHANGED", "Resolved → Closed", "admin"),
            Entry("OVERVIEW_CHANGED", None, "goddard"),
            Entry("STATUS_CHANGED", "In Progress → Resolved", "goddard"),
            Entry("ASSIGNEE_CHANGED", "Unassigned → Resolver 7", "goddard"),
            Entry("TITLE_CHANGED", "INC0001412: Subcategory 184 at Location 143", "goddard"),
            Entry("OVERVIEW_CHANGED", None, "goddard"),
            Entry("ASSIGNEE_CHANGED", "Resolver 76 → Unassigned", "goddard"),
            Entry(
                "REROUTED",
                "Category 45 › Subcategory 191 › Unknown symptom → Category 55 › Subcategory 184 › Unknown symptom",
                "goddard",
            ),
            Entry("STATUS_CHANGED", "Open → In Progress", "goddard"),
            Entry("CREATED", None, "goddard"),
        ]

    def test_all_kinds_of_change_occur(self) -> None:
        actions: Counter[str] = Counter()
        for incident in read_incident_log(REAL_LOG).incidents:
            actions.update(entry.action for entry in plan_ticket(incident).log(ACTORS))
        assert actions["CREATED"] == 600
        assert set(actions) == {
            "CREATED",
            "TITLE_CHANGED",
            "OVERVIEW_CHANGED",
            "SEVERITY_CHANGED",
            "STATUS_CHANGED",
            "ASSIGNEE_CHANGED",
            "REROUTED",
        }
