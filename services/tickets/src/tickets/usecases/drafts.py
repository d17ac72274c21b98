"""Write what is ready to be written, however many they are, in one statement with their events."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from common.database import RowsQuery, Transaction
from common.event import Event
from tickets.tables import outbox
from tickets.usecases.parts import Parts
from tickets.usecases.written import Head, Written


@dataclass(frozen=True, slots=True)
class Draft:
    """Something as it is about to be written, what is said of it, and its answer."""

    columns: dict[str, Any]
    event: Event
    head: Head
    answer: Written


Other = TypeVar("Other")


async def write(
    tx: Transaction, parts: Parts, statement: RowsQuery, placed: Sequence[Draft | Other]
) -> list[Written | Other | None]:
    """The answer in the place of each draft, None if the statement left it out. What is no draft keeps its place.

    `statement` takes the columns and those of the outbox, and returns the `aggregate_id` of each event it wrote.
    """
    drafts = [each for each in placed if isinstance(each, Draft)]
    written: set[str] = set()
    if drafts:
        await parts.announce(*(draft.head for draft in drafts))
        rows = [draft.columns | outbox.row(draft.event) for draft in drafts]
        written = {row.aggregate_id for row in await tx.over(statement, rows)}
    return [
        each if not isinstance(each, Draft) else each.answer if each.event.subject in written else None
        for each in placed
    ]
