"""Ask tickets for what did not come: a ticket's events, from its own log."""

import logging
from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

import orjson

from audit.usecases.hear_events import HANDLERS, Heard, hear_events
from common.database import Database
from common.dead_letters import DETERMINISTIC, read, reason
from common.peers import Peer

PATIENCE_SECONDS = 5.0

log = logging.getLogger(__name__)


async def pull_ticket(database: Database, tickets: Peer, ticket_id: UUID, *, after: int) -> int:
    """Store the ticket's events behind version `after`, and return how many. `Unavailable` without tickets.

    An event that cannot be read is left out: its version stays missing, which the metric shows.
    """
    count, following = 0, after
    while following is not None:
        path = f"/internal/tickets/{ticket_id}/events?after={following}"
        page = await tickets.get(path, patience=PATIENCE_SECONDS)
        if page is None:
            break
        count += await _store(database, ticket_id, page["events"])
        following = page["next"]
    log.info("pull.done", extra={"ticket": str(ticket_id), "after": after, "count": count})
    return count


async def _store(database: Database, ticket_id: UUID, bodies: Sequence[Any]) -> int:
    events = []
    for body in bodies:
        try:
            event, _ = read(orjson.dumps(body), HANDLERS)
            events.append(cast("Heard", event))
        except DETERMINISTIC as error:
            log.error("pull.unreadable", extra={"ticket": str(ticket_id), "reason": reason(error)})
    if events:
        async with database.transaction() as tx:
            await hear_events(tx, events)
    return len(events)
