"""What a use case needs beside its transaction."""

from typing import Protocol


class Parts(Protocol):
    """Whom to tell what is about to be."""

    async def announce(self, head: bytes) -> None: ...
