"""Comments over HTTP."""

from typing import Annotated

from fastapi import Path
from starlette.responses import Response

from common.idempotency import Idempotent
from common.routing import Router, answers, finds
from tickets.api.dependencies import LONG, Anyone, TicketId, TicketsDep, ticket_exists
from tickets.schemas import CommentOut, NewComment
from tickets.usecases.add_comment import Remark, add_comment
from tickets.usecases.delete_comment import delete_comment

router = Router(tags=["Comments"])


@router.post(
    "/api/tickets/{id}/comments",
    status_code=201,
    summary="Add a comment",
    responses=answers(CommentOut, 201, 401, 404, 409, 413, 422, 503, description="The created comment"),
    dependencies=[finds(ticket_exists)],
)
async def post_comment(
    caller: Anyone, parts: TicketsDep, reference: TicketId, new: NewComment, once: Idempotent
) -> Response:
    """Every role may comment, also on a closed ticket."""
    written = None
    remark = Remark(caller, reference, new.body)
    if not once.given and len(new.body) <= LONG:
        written = await parts.remarks.ask(remark)
    if written is None:
        async with parts.database.transaction() as tx:
            if (replayed := await once.replay(tx)) is not None:
                return replayed
            written = await add_comment(tx, parts, remark)
            await once.keep(tx, written.body, about=written.ticket_id)
    parts.said()
    return Response(written.body, 201, media_type="application/json")


@router.delete(
    "/api/tickets/{id}/comments/{commentId}",
    status_code=204,
    summary="Delete a comment",
    responses=answers(None, 204, 401, 403, 404, 503, description="Gone; the audit log keeps what it said"),
)
async def remove_comment(
    caller: Anyone,
    parts: TicketsDep,
    reference: TicketId,
    comment_reference: Annotated[str, Path(alias="commentId", description="The comment's id.")],
) -> Response:
    """Authors may delete their own comments, an ADMIN any."""
    async with parts.database.transaction() as tx:
        await delete_comment(tx, parts, caller, reference, comment_reference)
    parts.said()
    return Response(status_code=204)
