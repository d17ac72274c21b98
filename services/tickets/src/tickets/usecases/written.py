"""What a use case has written, and the word that goes ahead of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from uuid import UUID

import orjson

WAKE = "wake.tickets"
"""Where every replica of tickets, and audit, hears what was or is about to be committed."""

Announce = Callable[[bytes], Awaitable[None]]
"""Tells a `head` to all of them."""


@dataclass(frozen=True, slots=True)
class Written:
    """The answer's body, and where it leaves the ticket it speaks of."""

    body: bytes
    ticket_id: UUID
    version: int


def head(ticket_id: UUID, display_id: str, version: int) -> bytes:
    """A version that is about to be: audit waits for it, for a moment, when it is asked for this ticket.

    Said before the commit, so that it is there before anybody who got our answer can ask. Where the commit fails, a
    reader waits that moment for nothing.
    """
    return orjson.dumps({"ticketId": ticket_id, "displayId": display_id, "version": version})
