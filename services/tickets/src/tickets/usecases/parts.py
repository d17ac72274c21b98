"""What a use case needs beside its transaction."""

from typing import Protocol

from tickets.usecases.written import Head


class Parts(Protocol):
    """Whom to tell what is about to be."""

    async def announce(self, *heads: Head) -> None: ...
