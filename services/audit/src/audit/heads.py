"""Read your own writes: what tickets has just committed, and who waits here for it to arrive.

    await heads.listen(bus)
    promised = heads.promised(reference)          # the ticket and the version somebody was just told of, or None
    with heads.arrival(ticket_id) as arrived: ...       # an asyncio.Event

tickets pings `wake.tickets` with each commit. A request for a ticket that is behind its ping waits for the event.
"""

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from uuid import UUID

import orjson

from common.bus import Bus

KEPT_SECONDS = 5.0
"""How long a ping is remembered. An event that takes longer than this is not waited for."""

_ARRIVED = "changed.audit.entries"

log = logging.getLogger(__name__)


class Heads:
    """Recent heads, by ticket id and by display id."""

    def __init__(self) -> None:
        self._recent: OrderedDict[str, tuple[float, UUID, int]] = OrderedDict()
        self._waiting: dict[UUID, set[asyncio.Event]] = {}

    async def listen(self, bus: Bus) -> None:
        """Hear the pings of tickets, and what any replica of audit has stored."""
        await bus.subscribe("wake.tickets", self._on_wake)
        await bus.subscribe(_ARRIVED, self._on_arrived)

    def promised(self, reference: str) -> tuple[UUID, int] | None:
        """The ticket and version of the latest ping about this id or display id, if there was one just now."""
        found = self._recent.get(reference.lower())
        if found is None or time.monotonic() - found[0] > KEPT_SECONDS:
            return None
        return found[1:]

    @contextmanager
    def arrival(self, ticket_id: UUID) -> Iterator[asyncio.Event]:
        """An event that is set when something of this ticket has been stored."""
        arrived = asyncio.Event()
        waiting = self._waiting.setdefault(ticket_id, set())
        waiting.add(arrived)
        try:
            yield arrived
        finally:
            waiting.discard(arrived)
            if not waiting:
                self._waiting.pop(ticket_id, None)

    async def _on_wake(self, announced: bytes) -> None:
        if not announced:
            return
        try:
            heads = [
                (UUID(head["ticketId"]), str(head["displayId"]), int(head["version"]))
                for head in orjson.loads(announced)
            ]
        except (ValueError, KeyError, TypeError):
            log.warning("heads.unreadable")
            return
        now = time.monotonic()
        for ticket_id, display_id, version in heads:
            for reference in (str(ticket_id), display_id.lower()):
                _, _, known = self._recent.pop(reference, (now, ticket_id, 0))
                self._recent[reference] = (now, ticket_id, max(known, version))
        self._forget_older(now - KEPT_SECONDS)

    def _forget_older(self, moment: float) -> None:
        while self._recent and next(iter(self._recent.values()))[0] < moment:
            self._recent.popitem(last=False)

    async def _on_arrived(self, ticket_ids: bytes) -> None:
        for ticket_id in ticket_ids.decode().split():
            for arrived in self._waiting.get(UUID(ticket_id), ()):
                arrived.set()


async def tell_arrived(bus: Bus, ticket_ids: Iterable[str]) -> None:
    """Wake who waits for these tickets, in every replica of audit."""
    await bus.tell_replicas(_ARRIVED, " ".join(sorted(set(ticket_ids))).encode())
