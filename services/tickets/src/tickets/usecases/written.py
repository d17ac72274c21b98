"""What a use case has written: the answer, and the word to pass on once it is committed."""

from dataclasses import dataclass
from uuid import UUID

import orjson


@dataclass(frozen=True, slots=True)
class Written:
    """The answer's body, and the head of the ticket it speaks of."""

    body: bytes
    ticket_id: UUID
    display_id: str
    version: int

    @property
    def head(self) -> bytes:
        """The wake ping: audit waits for this version when it is asked for this ticket."""
        return orjson.dumps({"ticketId": self.ticket_id, "displayId": self.display_id, "version": self.version})
