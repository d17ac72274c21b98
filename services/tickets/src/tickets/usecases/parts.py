"""What a use case needs beside its transaction."""

from typing import Protocol

from tickets.queries.names import Owners


class Parts(Owners, Protocol):
    """Whom to ask about what is unknown, and whom to tell what is about to be."""

    async def announce(self, head: bytes) -> None: ...
