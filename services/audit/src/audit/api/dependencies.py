"""What the routes need of the running service, and the callers they let in."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Path
from starlette.requests import Request

from audit.heads import Heads
from audit.queries.ticket_history import Page
from audit.usecases.read_history import Reading, read_history
from common.database import Database
from common.identity import Identity
from common.peers import Peer
from common.routing import allow


@dataclass(frozen=True)
class Audit:
    """The parts of the service that a request may use."""

    database: Database
    tickets: Peer
    heads: Heads


def audit_of(request: Request) -> Audit:
    """Asked for in the route's body: as a dependency of FastAPI it would cost a tenth of the request."""
    parts: Audit = request.app.state.audit
    return parts


async def history_exists(request: Request) -> None:
    """`TicketNotFound` where the path names no ticket."""
    parts = audit_of(request)
    await read_history(Reading(parts.database, request.path_params["id"], Page(1, None)), parts.heads, parts.tickets)


Anyone = Annotated[Identity, allow()]
TicketId = Annotated[str, Path(alias="id", description="The ticket's id, or its display id such as V325813929.")]
