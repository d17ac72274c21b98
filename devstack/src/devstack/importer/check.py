"""The audit log that the file demands, against the one that the API shows. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from devstack.importer.plan import Entry


@dataclass(frozen=True)
class Difference:
    """An entry of one ticket that is missing, or found and not expected (also: found at another place)."""

    number: str
    entry: Entry
    missing: bool

    def __str__(self) -> str:
        action, detail, username = self.entry
        what = "missing" if self.missing else "unexpected"
        return f"{self.number}: {what}: {action} by {username}{f': {detail}' if detail is not None else ''}"


def entries_in(audit_log: Sequence[Any]) -> list[Entry]:
    """The rows of GET /api/tickets/{id}/audit, as far as they can be expected."""
    return [Entry(row["action"], row["detail"], row["user"]["username"]) for row in audit_log]


def differences(number: str, expected: Sequence[Entry], found: Sequence[Entry]) -> list[Difference]:
    """Every entry that keeps the two sequences from being equal."""
    unlike: list[Difference] = []
    for tag, start, end, found_start, found_end in SequenceMatcher(None, expected, found, autojunk=False).get_opcodes():
        if tag != "equal":
            unlike += [Difference(number, entry, missing=True) for entry in expected[start:end]]
            unlike += [Difference(number, entry, missing=False) for entry in found[found_start:found_end]]
    return unlike
