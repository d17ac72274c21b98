"""The incident log as ServiceNow exports it: one row per update, oldest first within an incident, `?` for unknown."""

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

UNKNOWN = {"", "?"}


class IncidentLogError(Exception):
    """A sentence that says what is wrong with the file."""


@dataclass(frozen=True)
class Record:
    """An incident as it was after one update; None where the log does not know."""

    number: str
    state: str
    priority: str | None
    impact: str | None
    urgency: str | None
    category: str | None
    subcategory: str | None
    symptom: str | None
    caller: str | None
    contact_type: str | None
    location: str | None
    configuration_item: str | None
    opened_by: str | None
    opened_at: str | None
    assignment_group: str | None
    assigned_to: str | None
    problem: str | None
    change: str | None
    caused_by: str | None
    closed_code: str | None
    resolved_by: str | None
    resolved_at: str | None
    closed_at: str | None

    @classmethod
    def from_row(cls, row: dict[str, str], line: int) -> Self:
        known = {field: _known(row[column]) for field, column in COLUMNS.items()}
        for field in ("number", "state"):
            if known[field] is None:
                raise IncidentLogError(f"Line {line} has no {COLUMNS[field]}.")
        return cls(**known)  # type: ignore[arg-type]  # number and state were just seen to be known


COLUMNS = {
    "number": "number",
    "state": "incident_state",
    "priority": "priority",
    "impact": "impact",
    "urgency": "urgency",
    "category": "category",
    "subcategory": "subcategory",
    "symptom": "u_symptom",
    "caller": "caller_id",
    "contact_type": "contact_type",
    "location": "location",
    "configuration_item": "cmdb_ci",
    "opened_by": "opened_by",
    "opened_at": "opened_at",
    "assignment_group": "assignment_group",
    "assigned_to": "assigned_to",
    "problem": "problem_id",
    "change": "rfc",
    "caused_by": "caused_by",
    "closed_code": "closed_code",
    "resolved_by": "resolved_by",
    "resolved_at": "resolved_at",
    "closed_at": "closed_at",
}


@dataclass(frozen=True)
class Incident:
    """One incident's records, oldest first; never empty."""

    number: str
    records: tuple[Record, ...]


@dataclass(frozen=True)
class IncidentLog:
    """The incidents of one file in the order of their first rows; `digest` tells this content from another's."""

    digest: str
    incidents: tuple[Incident, ...]


def read_incident_log(path: Path) -> IncidentLog:
    """The log in the CSV file at `path`. Raises IncidentLogError with a sentence that says what to mend."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise IncidentLogError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise IncidentLogError(f"{path} is not UTF-8 text (byte {error.start}).") from error
    try:
        incidents = _incidents(text)
    except IncidentLogError as error:
        raise IncidentLogError(f"{path}: {error}") from error
    return IncidentLog(hashlib.sha256(content).hexdigest(), incidents)


def _incidents(text: str) -> tuple[Incident, ...]:
    records: dict[str, list[Record]] = {}
    for record in _records(text):
        records.setdefault(record.number, []).append(record)
    if not records:
        raise IncidentLogError("It holds no incident.")
    return tuple(Incident(number, tuple(those)) for number, those in records.items())


def _records(text: str) -> Iterator[Record]:
    rows = csv.reader(io.StringIO(text, newline=""))
    header = [name.strip() for name in next(rows, [])]
    if missing := [column for column in COLUMNS.values() if column not in header]:
        raise IncidentLogError(
            f"It lacks the column{'s' if len(missing) > 1 else ''} {', '.join(missing)}: "
            "is it a ServiceNow incident event log?"
        )
    try:
        for row in rows:
            if not row:
                continue
            if len(row) != len(header):
                raise IncidentLogError(f"Line {rows.line_num} has {len(row)} fields, not {len(header)}.")
            yield Record.from_row(dict(zip(header, row, strict=True)), rows.line_num)
    except csv.Error as error:
        raise IncidentLogError(f"Line {rows.line_num} is not CSV: {error}.") from error


def _known(value: str) -> str | None:
    """The value in single spaces (the log has `Opened by  397`), or None."""
    words = " ".join(value.split())
    return None if words in UNKNOWN else words
