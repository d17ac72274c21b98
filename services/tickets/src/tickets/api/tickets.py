"""Tickets over HTTP."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Header, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from common.database import Row
from common.idempotency import Idempotent
from common.problems import Unavailable
from common.routing import Router, answers, dump, finds, if_match_version, tag_headers, tagged_response
from tickets.api.dependencies import LONG, Admin, Anyone, Creator, Staff, TicketId, TicketsDep, ticket_exists
from tickets.api.filters import FiltersDep
from tickets.queries.get_ticket import detail_body, find_ticket
from tickets.queries.list_tickets import Cursor, everything, page
from tickets.queries.names import with_owners
from tickets.queries.ticket_row import listed_json
from tickets.schemas import NewTicket, TicketDetail, TicketListed, TicketPatch
from tickets.usecases.create_ticket import Creation, create_ticket
from tickets.usecases.delete_ticket import delete_ticket
from tickets.usecases.update_ticket import update_ticket
from tickets.usecases.written import Written

router = Router(tags=["Tickets"])

PAGE_LIMIT = 200
AT_ONCE = 500
"""A whole list up to this length is one query; a longer one is streamed."""


@router.get(
    "/api/tickets",
    summary="List tickets",
    responses=answers(list[TicketListed], 200, 401, 422, 503, description="Most severe first, then newest"),
)
async def list_tickets(
    request: Request,
    caller: Anyone,
    parts: TicketsDep,
    filters: FiltersDep,
    limit: Annotated[int | None, Query(ge=1, le=PAGE_LIMIT, description="Tickets a page.")] = None,
    cursor: Annotated[str | None, Query(description="From the Link header of the page before.")] = None,
) -> Response:
    """All tickets, sorted by severity and then newest first. Filters combine: a ticket must pass all of them.

    Without `limit` the whole list comes as one array, however long. With `limit` the answer carries `X-Total-Count`
    (above 5,000 it may lag by a second) and, where there is more, `Link: <...>; rel="next"`.
    """
    after = None if cursor is None else Cursor.parse(cursor)
    if limit is None and after is None:
        async with parts.database.read() as reader:
            rows = await page(reader, filters, limit=AT_ONCE + 1, after=None)
        if len(rows) > AT_ONCE:
            return await _stream(everything(parts.database, filters))
        return tagged_response(request, _array(rows))
    limit = limit or PAGE_LIMIT
    async with parts.database.read() as reader:
        rows = await page(reader, filters, limit=limit + 1, after=after, estimates=parts.estimates)
        total = await parts.totals.of(reader, filters)
    response = tagged_response(request, _array(rows[:limit]))
    response.headers["X-Total-Count"] = str(total)
    if len(rows) > limit:
        last = rows[limit - 1]
        response.headers["Link"] = _next(request, limit, Cursor(last.severity, last.created_at, last.id))
    return response


def _array(rows: Sequence[Row]) -> bytes:
    return dump([listed_json(row) for row in rows])


def _next(request: Request, limit: int, cursor: Cursor) -> str:
    kept = [(name, value) for name, value in request.query_params.multi_items() if name not in {"limit", "cursor"}]
    return f'<{request.url.path}?{urlencode([*kept, ("limit", limit), ("cursor", str(cursor))])}>; rel="next"'


async def _stream(chunks: AsyncIterator[list[Row]]) -> Response:
    # The first chunk is read before the answer begins: what fails until then is an error, not half an array.
    first = await anext(chunks, None)
    if first is None:
        raise Unavailable

    async def body() -> AsyncIterator[bytes]:
        yield b"[" + _array(first)[1:-1]
        async for rows in chunks:
            yield b"," + _array(rows)[1:-1]
        yield b"]"

    return StreamingResponse(body(), media_type="application/json")


@router.get(
    "/api/tickets/{id}",
    summary="Fetch a ticket",
    responses=answers(TicketDetail, 200, 401, 404, 503, description="The ticket, with its ETag"),
)
async def get_ticket(request: Request, caller: Anyone, parts: TicketsDep, reference: TicketId) -> Response:
    """A ticket with its comments, oldest first, by its id or its display id."""
    async with parts.database.read() as reader:
        ticket = await find_ticket(reader, reference)
    return tagged_response(request, detail_body(ticket), version=ticket.version)


@router.post(
    "/api/tickets",
    status_code=201,
    summary="Create a ticket",
    responses=answers(TicketDetail, 201, 401, 403, 409, 413, 422, 503, description="The created ticket"),
)
async def post_ticket(caller: Creator, parts: TicketsDep, new: NewTicket, once: Idempotent) -> Response:
    """A new ticket is OPEN and created by the caller."""

    async def create(asked: bool) -> Response:
        written = None
        creation = Creation(caller, new, asked)
        if not once.given and len(new.overview) <= LONG:
            written = await parts.creations.ask(creation)
        if written is None:
            async with parts.database.transaction() if once.given else parts.database.single() as tx:
                if (replayed := await once.replay(tx, tagged=1)) is not None:
                    return replayed
                written = await create_ticket(tx, parts, creation)
                await once.keep(tx, written.body, about=written.ticket_id)
        parts.said()
        return _answer(written, 201)

    return await with_owners(parts, create)


@router.patch(
    "/api/tickets/{id}",
    summary="Change a ticket",
    responses=answers(TicketDetail, 200, 401, 403, 404, 412, 413, 422, 503, description="The changed ticket"),
    dependencies=[finds(ticket_exists)],
)
async def patch_ticket(
    caller: Staff,
    parts: TicketsDep,
    reference: TicketId,
    patch: TicketPatch,
    if_match: Annotated[
        str | None,
        Header(description="The ETag of what you read: 412 if a field (not just a comment) was changed since then."),
    ] = None,
) -> Response:
    """Changes any combination of fields; each real change is an entry in the audit log.

    Without `If-Match` the last writer of a field wins. Setting `status` to CLOSED needs ADMIN.
    """
    seen = if_match_version(if_match)

    async def update(asked: bool) -> Response:
        change = partial(
            update_ticket,
            parts=parts,
            caller=caller,
            reference=reference,
            patch=patch,
            auto_close=parts.auto_close,
            asked=asked,
            if_match=seen,
        )
        async with parts.database.single() as tx:
            written = await change(tx)
        if written is None:
            async with parts.database.transaction() as tx:
                written = await change(tx, lock=True)
        if written is None:
            raise Unavailable
        parts.said()
        return _answer(written, 200)

    return await with_owners(parts, update)


@router.delete(
    "/api/tickets/{id}",
    status_code=204,
    summary="Delete a ticket",
    responses=answers(None, 204, 401, 403, 404, 503, description="Gone"),
)
async def remove_ticket(caller: Admin, parts: TicketsDep, reference: TicketId) -> Response:
    """Deletes a ticket with its comments and its audit log, for good."""
    async with parts.database.transaction() as tx:
        await delete_ticket(tx, parts, caller, reference)
    parts.said()
    return Response(status_code=204)


def _answer(written: Written, status: int) -> Response:
    headers = tag_headers(written.body, written.version)
    return Response(written.body, status, headers, media_type="application/json")
