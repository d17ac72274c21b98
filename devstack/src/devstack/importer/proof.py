"""After a replay: every ticket's audit log as the API shows it, against the one that the file demands."""

import time
from asyncio import sleep
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from devstack.api_client import Caller
from devstack.concurrency import mapped
from devstack.importer.check import Difference, differences, entries_in
from devstack.importer.plan import Actors, Entry, TicketPlan
from devstack.progress import Progress

PATIENCE = 60.0
PAUSE = 0.25


@dataclass
class Proof:
    expected: int = 0
    found: int = 0
    differences: list[Difference] = field(default_factory=list)


async def prove(
    caller: Caller,
    plans: Sequence[TicketPlan],
    ticket_ids: Mapping[str, str],
    actors: Actors,
    *,
    at_once: int,
    patience: float = PATIENCE,
) -> Proof:
    """Entries that are still missing are waited for, `patience` seconds for all tickets together."""
    proof = Proof()
    deadline = time.monotonic() + patience
    with Progress("Checking audit logs", total=len(plans)) as progress:

        async def check(plan: TicketPlan) -> None:
            expected = plan.log(actors)
            ticket_id = ticket_ids.get(plan.number)
            found = await _audit_log(caller, ticket_id, len(expected), deadline) if ticket_id else []
            proof.expected += len(expected)
            proof.found += len(found)
            proof.differences += differences(plan.number, expected, found)
            progress.advance()

        await mapped(check, plans, at_once=at_once)
    return proof


async def _audit_log(caller: Caller, ticket_id: str, entries: int, deadline: float) -> list[Entry]:
    """The log once it has this many entries, or as it is at the deadline."""
    while True:
        found = entries_in(await caller.get(f"/api/tickets/{ticket_id}/audit"))
        if len(found) >= entries or time.monotonic() > deadline:
            return found
        await sleep(PAUSE)
