"""What an incident becomes: the requests that replay it, and the audit log that they must leave. Pure.

plan = plan_ticket(incident)
plan.steps[0]              # the creation; each further step is one PATCH
plan.log(Actors(service="goddard", admin="admin"))   # newest first, as the API answers
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from devstack.catalog import CtiPath
from devstack.importer.incident_log import Incident, IncidentLogError, Record
from devstack.importer.wording import overview, title

STATUSES = {"New": "OPEN", "Resolved": "RESOLVED", "Closed": "CLOSED"}
STATUS_LABELS = {"OPEN": "Open", "IN_PROGRESS": "In Progress", "RESOLVED": "Resolved", "CLOSED": "Closed"}
STANDARD_SEVERITY = 3
UNASSIGNED = "Unassigned"


@dataclass(frozen=True)
class TicketState:
    """The fields of a ticket that a request can change, people and CTI nodes by their names."""

    title: str
    overview: str
    severity: int
    status: str
    assignee: str | None
    path: CtiPath


class Entry(NamedTuple):
    """One row of an audit log, as far as it can be known beforehand."""

    action: str
    detail: str | None
    username: str


class Actors(NamedTuple):
    """The user names under which the two callers appear in the audit log."""

    service: str
    admin: str


@dataclass(frozen=True)
class Step:
    """One request: the ticket before it (None: it is created) and after it."""

    before: TicketState | None
    after: TicketState

    @property
    def by_admin(self) -> bool:
        """A request that says CLOSED is refused to everybody else, whatever else it changes."""
        return self.after.status == "CLOSED"

    def entries(self, actors: Actors) -> list[Entry]:
        """The rows that this request must leave, in the fixed order within one request."""
        username = actors.admin if self.by_admin else actors.service
        return [Entry(action, detail, username) for action, detail in self.changes()]

    def changes(self) -> Iterator[tuple[str, str | None]]:
        before, after = self.before, self.after
        if before is None:
            yield "CREATED", None
            return
        if before.title != after.title:
            yield "TITLE_CHANGED", after.title
        if before.overview != after.overview:
            yield "OVERVIEW_CHANGED", None
        if before.severity != after.severity:
            yield "SEVERITY_CHANGED", f"SEV {before.severity} → SEV {after.severity}"
        if before.status != after.status:
            yield "STATUS_CHANGED", f"{STATUS_LABELS[before.status]} → {STATUS_LABELS[after.status]}"
        if before.assignee != after.assignee:
            yield "ASSIGNEE_CHANGED", f"{before.assignee or UNASSIGNED} → {after.assignee or UNASSIGNED}"
        if before.path != after.path:
            yield "REROUTED", f"{' › '.join(before.path)} → {' › '.join(after.path)}"


@dataclass(frozen=True)
class TicketPlan:
    """The requests of one incident, strictly one after the other."""

    number: str
    steps: tuple[Step, ...]

    def log(self, actors: Actors) -> list[Entry]:
        """The whole audit log, newest request first, in the fixed order within each."""
        return [entry for step in reversed(self.steps) for entry in step.entries(actors)]

    def entries_after(self, steps: int) -> int:
        """How many rows the first so many steps leave."""
        return sum(len(list(step.changes())) for step in self.steps[:steps])

    @cached_property
    def versions(self) -> list[int]:
        """The ticket's version after each step: a request that changes nothing leaves it as it was."""
        versions: list[int] = []
        for step in self.steps:
            changed = step.before != step.after
            versions.append((versions[-1] if versions else 0) + changed)
        return versions

    def steps_done(self, version: int) -> int:
        """How many steps a ticket of this version has behind it; what changes nothing need not be said again."""
        return sum(1 for reached in self.versions if reached <= version)


def plan_ticket(incident: Incident) -> TicketPlan:
    """The creation, a PATCH for a first status beyond New (no ticket is created so), a PATCH per later record."""
    first, *later = (state_of(record) for record in incident.records)
    created = replace(first, status="OPEN")
    states = [created, *([first] if first != created else []), *later]
    befores = [None, *states[:-1]]
    return TicketPlan(
        incident.number, tuple(Step(before, after) for before, after in zip(befores, states, strict=True))
    )


def state_of(record: Record) -> TicketState:
    status = STATUSES.get(record.state, "IN_PROGRESS")
    return TicketState(
        title=title(record),
        overview=overview(record, status),
        severity=severity(record.priority),
        status=status,
        assignee=record.assigned_to,
        path=(
            record.category or "Unknown category",
            record.subcategory or "Unknown subcategory",
            record.symptom or "Unknown symptom",
        ),
    )


def severity(priority: str | None) -> int:
    """`2 - High` is SEV 2; an unknown priority gets the standard one."""
    if priority is None:
        return STANDARD_SEVERITY
    if not re.match(r"[1-5]\b", priority):
        raise IncidentLogError(f"The priority {priority!r} does not begin with a number from 1 to 5.")
    return int(priority[0])
