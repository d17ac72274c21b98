"""The audit log of a ticket over HTTP."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from starlette.requests import Request
from starlette.responses import Response

from audit.api.dependencies import Anyone, AuditDep, TicketId
from audit.queries.ticket_history import Cursor, count_entries, entry_json
from audit.schemas import AuditEntry
from audit.usecases.read_history import Reading, read_history
from common.routing import Router, answers, dump, tagged_response

router = Router(tags=["Audit"])

PAGE_LIMIT = 200


@router.get(
    "/api/tickets/{id}/audit",
    summary="Audit log of a ticket",
    responses=answers(list[AuditEntry], 200, 401, 404, 422, 503, description="Newest first, with its ETag"),
)
async def get_history(
    request: Request,
    caller: Anyone,
    parts: AuditDep,
    reference: TicketId,
    limit: Annotated[int | None, Query(ge=1, le=PAGE_LIMIT, description="Entries a page.")] = None,
    cursor: Annotated[str | None, Query(description="From the Link header of the page before.")] = None,
) -> Response:
    """Every change of a ticket, newest first; changes made by one request share their time and keep a fixed order.

    What the caller has just changed is in it. Without `limit` the whole log comes as one array. With `limit` the
    answer carries `X-Total-Count` and, where there is more, `Link: <...>; rel="next"`.
    """
    after = None if cursor is None else Cursor.parse(cursor)
    size = PAGE_LIMIT if limit is None and after is not None else limit
    reading = Reading(parts.database, reference, limit=None if size is None else size + 1, after=after)
    history = await read_history(reading, parts.heads, parts.tickets)
    shown = history.entries[:size]
    response = tagged_response(request, dump([entry_json(row) for row in shown]), version=history.heard)
    if size is not None:
        async with parts.database.read() as reader:
            response.headers["X-Total-Count"] = str(await count_entries(reader, history.ticket_id))
        if len(history.entries) > size:
            rest = urlencode({"limit": size, "cursor": str(Cursor(shown[-1].version, shown[-1].idx))})
            response.headers["Link"] = f'<{request.url.path}?{rest}>; rel="next"'
    return response
