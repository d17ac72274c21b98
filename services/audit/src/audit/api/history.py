"""The audit log of a ticket over HTTP."""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from audit.api.dependencies import Anyone, TicketId, audit_of, history_exists
from audit.queries.ticket_history import Cursor, Page, stream_entries
from audit.schemas import AuditEntry
from audit.usecases.read_history import Reading, read_history
from common.routing import Router, answers, finds, tagged_response

router = Router(tags=["Audit"])

PAGE_LIMIT = 200


@router.get(
    "/api/tickets/{id}/audit",
    summary="Audit log of a ticket",
    responses=answers(list[AuditEntry], 200, 401, 404, 422, 503, description="Newest first, with its ETag"),
    dependencies=[finds(history_exists)],
)
async def get_history(
    request: Request,
    caller: Anyone,
    reference: TicketId,
    limit: Annotated[int | None, Query(ge=1, le=PAGE_LIMIT, description="Entries a page.")] = None,
    cursor: Annotated[str | None, Query(description="From the Link header of the page before.")] = None,
) -> Response:
    """Every change of a ticket, newest first; changes made by one request share their time and keep a fixed order.

    What the caller has just changed is in it. Without `limit` the whole log comes as one array. With `limit` the
    answer carries `X-Total-Count` and, where there is more, `Link: <...>; rel="next"`.
    """
    parts = audit_of(request)
    after = None if cursor is None else Cursor.parse(cursor)
    page = None if limit is None and after is None else Page(limit or PAGE_LIMIT, after)
    history = await read_history(Reading(parts.database, reference, page), parts.heads, parts.tickets)
    if history.body is None:
        return await _stream(stream_entries(parts.database, history.ticket_id))
    response = tagged_response(request, history.body, version=history.heard)
    if page is not None:
        response.headers["X-Total-Count"] = str(history.total)
    if page is not None and history.next is not None:
        rest = urlencode({"limit": page.limit, "cursor": str(history.next)})
        response.headers["Link"] = f'<{request.url.path}?{rest}>; rel="next"'
    return response


async def _stream(pieces: AsyncIterator[bytes]) -> Response:
    # The first piece is read before the answer begins: what fails until then is an error, not half an array.
    first = await anext(pieces)

    async def body() -> AsyncIterator[bytes]:
        yield first
        async for piece in pieces:
            yield piece

    return StreamingResponse(body(), media_type="application/json")
