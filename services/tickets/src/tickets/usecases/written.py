"""What a use case has written, and the word that goes ahead of it."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from common.bus import Bus
from common.routing import dump

WAKE = "wake.tickets"
"""Where every replica of tickets, and audit, hears what was or is about to be committed."""


@dataclass(frozen=True, slots=True)
class Written:
    """The answer's body, and where it leaves the ticket it speaks of."""

    body: bytes
    ticket_id: UUID
    version: int


@dataclass(frozen=True, slots=True)
class Head:
    """A version that is about to be: audit waits for it, for a moment, when it is asked for this ticket.

    Said before the commit, so that it is there before anybody who got our answer can ask. Where the commit fails, a
    reader waits that moment for nothing.
    """

    ticket_id: UUID
    display_id: str
    version: int


class Announce(Protocol):
    """Tells heads to all who hear `WAKE`."""

    async def __call__(self, *heads: Head) -> None: ...


async def announce(bus: Bus, *heads: Head) -> None:
    """Changes of these tickets are about to be committed."""
    said = [{"ticketId": head.ticket_id, "displayId": head.display_id, "version": head.version} for head in heads]
    await bus.publish(WAKE, dump(said))
