"""What the other services may ask: where each ticket stands, what happened to it, and to close what is due."""

from datetime import datetime
from typing import Annotated

import orjson
from fastapi import Query
from starlette.responses import Response

from common.problems import NotFound
from common.routing import Router, json_response, only_peers
from tickets.api.dependencies import TicketId, TicketsDep
from tickets.queries.heads import Head, events_after, head_of, heads
from tickets.usecases.close_resolved import close_resolved

router = Router(include_in_schema=False)

Peer = Annotated[str, only_peers()]


@router.get("/internal/heads")
async def get_heads(
    peer: Peer,
    parts: TicketsDep,
    after: Annotated[str, Query()] = "",
    since: Annotated[datetime | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
) -> Response:
    """Pages of all tickets, deleted ones too, in the order of their ids; only those changed `since`, if it is given."""
    async with parts.database.read() as reader:
        found = await heads(reader, after=after, since=since, limit=limit)
    following = found[-1].ticket_id if len(found) == limit else None
    return json_response({"heads": [_head(head) for head in found], "next": following})


@router.get("/internal/tickets/{id}/head")
async def get_head(peer: Peer, parts: TicketsDep, reference: TicketId) -> Response:
    """Where one ticket stands, by its id or its display id."""
    async with parts.database.read() as reader:
        found = await head_of(reader, reference)
    if found is None:
        raise NotFound
    return json_response(_head(found))


@router.get("/internal/tickets/{id}/events")
async def get_events(
    peer: Peer, parts: TicketsDep, reference: TicketId, after: Annotated[int, Query(ge=0)] = 0
) -> Response:
    """A page of the ticket's events behind version `after`, as they were said, in order, and where the next begins."""
    async with parts.database.read() as reader:
        bodies, following = await events_after(reader, reference, after)
    if not bodies and after == 0:
        raise NotFound
    return json_response({"events": [orjson.Fragment(body) for body in bodies], "next": following})


@router.post("/internal/auto-close")
async def auto_close(peer: Peer, parts: TicketsDep) -> Response:
    """Close what is due now. Asked twice at once, it closes each ticket once."""
    closed = await close_resolved(parts.database, parts, auto_close=parts.auto_close)
    if closed:
        parts.said()
    return json_response({"closed": closed})


def _head(head: Head) -> dict[str, object]:
    return {
        "ticketId": head.ticket_id,
        "displayId": head.display_id,
        "version": head.version,
        "deleted": head.deleted,
    }
