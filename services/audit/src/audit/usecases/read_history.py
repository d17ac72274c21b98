"""Read a ticket's log, as far as its reader may know it to be."""

import asyncio
from dataclasses import dataclass
from uuid import UUID

from audit.heads import Heads
from audit.problems import TicketNotFound
from audit.queries.ticket_history import History, Page, find_history, is_reference
from audit.usecases.note_heads import Head
from audit.usecases.pull_ticket import pull_ticket
from common.database import Database
from common.ids import parse_id
from common.peers import Peer

PATIENCE_SECONDS = 0.5
_LOOK_AGAIN = 0.1


@dataclass(frozen=True)
class Reading:
    """One question: which ticket, and which part of its log."""

    database: Database
    reference: str
    page: Page | None = None

    async def look(self) -> History | None:
        async with self.database.read() as reader:
            return await find_history(reader, self.reference, self.page)


async def read_history(reading: Reading, heads: Heads, tickets: Peer) -> History:
    """The log with everything that was committed before the question was asked.

    A change that was committed a moment ago is waited for, half a second at most. A ticket that nothing was heard of
    is asked of tickets. `TicketNotFound`, or `Unavailable` where only tickets could tell.
    """
    if not is_reference(reading.reference):
        raise TicketNotFound
    history = await reading.look()
    promised = heads.promised(reading.reference)
    if history is None or history.is_empty:
        if promised is None:
            promised = await _ask(tickets, reading.reference)
        history = await _wait(reading, heads, *promised)
        if history is None or history.is_empty:
            await pull_ticket(reading.database, tickets, promised[0], after=0)
            history = await reading.look()
    elif promised is not None and history.heard < promised[1]:
        history = await _wait(reading, heads, *promised) or history
    if history is None or history.deleted:
        raise TicketNotFound
    return history


async def _ask(tickets: Peer, reference: str) -> tuple[UUID, int]:
    ticket_id = parse_id(reference)
    answer = await tickets.get(f"/internal/tickets/{reference.upper() if ticket_id is None else ticket_id}/head")
    if answer is None:
        raise TicketNotFound
    head = Head.from_wire(answer)
    if head.deleted:
        raise TicketNotFound
    return head.ticket_id, head.version


async def _wait(reading: Reading, heads: Heads, ticket_id: UUID, version: int) -> History | None:
    """The history once `version` is stored, or as it is when patience ends."""
    deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    with heads.arrival(ticket_id) as arrived:
        while True:
            arrived.clear()
            history = await reading.look()
            left = deadline - asyncio.get_running_loop().time()
            if left <= 0 or (history is not None and (history.deleted or history.heard >= version)):
                return history
            try:
                # A word that another replica stored it may get lost; the database knows.
                async with asyncio.timeout(min(left, _LOOK_AGAIN)):
                    await arrived.wait()
            except TimeoutError:
                pass
