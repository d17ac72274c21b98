"""What callers asked for and what they were answered: the facts that a system must stand by, whatever broke meanwhile.

A change carries a `word` in its text that no other request carries, so that its traces can be told from all others.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Verb(StrEnum):
    CREATE = "create"
    PATCH = "patch"
    COMMENT = "comment"
    UNCOMMENT = "uncomment"
    DELETE = "delete"
    READ = "read"


class Outcome(StrEnum):
    """`unknown`: no answer, or one that says that something was away. It may have happened all the same."""

    OK = "ok"
    FAILED = "failed"
    UNKNOWN = "unknown"


AWAY = {502, 503, 504}


def outcome_of(status: int | None) -> Outcome:
    if status is None or status in AWAY:
        return Outcome.UNKNOWN
    return Outcome.OK if status < 400 else Outcome.FAILED


@dataclass(frozen=True, slots=True, kw_only=True)
class Op:
    """One request. `ticket`, `comment` and `version` are as far as they are known; `complaint` is what is wrong with
    the form of an error that was answered."""

    verb: Verb
    actor: str
    status: int | None
    path: str = ""
    sent: Mapping[str, Any] = field(default_factory=dict)
    ticket: str | None = None
    comment: str | None = None
    version: int | None = None
    word: str = ""
    key: str | None = None
    meant_to_fail: bool = False
    complaint: str | None = None
    ended_at: float = 0.0
    seconds: float = 0.0

    @property
    def outcome(self) -> Outcome:
        return outcome_of(self.status)

    def __str__(self) -> str:
        where = f" of {self.ticket}" if self.ticket else ""
        answer = self.status or "no answer"
        return f"{self.verb}{where} by {self.actor}: {self.outcome} ({answer}) {self.word or self.path}"


@dataclass
class History:
    """The operations of one load, in the order in which they ended."""

    ops: list[Op] = field(default_factory=list)

    def add(self, op: Op) -> None:
        self.ops.append(op)

    def acked(self, *verbs: Verb) -> Iterator[Op]:
        return (op for op in self.ops if op.outcome is Outcome.OK and (not verbs or op.verb in verbs))

    def refused(self) -> Iterator[Op]:
        return (op for op in self.ops if op.outcome is Outcome.FAILED)

    def unanswered(self) -> list[Op]:
        """Requests that nobody fulfilled although they were in order."""
        return [op for op in self.ops if op.outcome is Outcome.UNKNOWN]

    def complaints(self) -> list[str]:
        """Answers that no caller should ever see: a 500, or an error that is no problem+json."""
        found = [
            f"a server error: {op}"
            for op in self.ops
            if op.status is not None and op.status >= 500 and op.status not in AWAY
        ]
        found += [f"{op.complaint}: {op}" for op in self.ops if op.complaint]
        found += [f"accepted what had to be refused: {op}" for op in self.acked() if op.meant_to_fail]
        # A ticket may be deleted under a writer's hands; nothing else of what is in order is refused.
        found += [
            f"refused what was in order: {op}"
            for op in self.refused()
            if not op.meant_to_fail and op.status not in {404, 500}
        ]
        return found
