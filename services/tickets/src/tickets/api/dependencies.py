"""What the routes need of the running service, and the callers they let in."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Path
from starlette.requests import Request

from common.database import Database
from common.identity import Identity, Role
from common.known_users import KnownUsers
from common.peers import Peer
from common.routing import allow, part
from common.service import Runtime
from tickets.queries.estimates import Estimates
from tickets.queries.find_head import find_head
from tickets.queries.totals import Totals
from tickets.settings import Settings
from tickets.usecases.written import WAKE


@dataclass(frozen=True)
class Tickets:
    """The parts of the service that a request may use."""

    runtime: Runtime
    database: Database
    cti: Peer
    users: KnownUsers
    totals: Totals
    estimates: Estimates
    auto_close: timedelta

    async def announce(self, head: bytes) -> None:
        """A change of a ticket is about to be committed."""
        await self.runtime.bus.publish(WAKE, head)

    def said(self) -> None:
        """A change of a ticket was committed: publish it, and count lists anew."""
        self.totals.changed()
        self.runtime.said()


async def ticket_exists(request: Request) -> None:
    """`TicketNotFound` where the path names none."""
    parts: Tickets = request.app.state.tickets
    async with parts.database.read() as reader:
        await find_head(reader, request.path_params["id"])


def _creators(settings: Settings) -> tuple[Role, ...]:
    return (Role.USER,) if settings.users_may_create_tickets else ()


TicketsDep = Annotated[Tickets, part("tickets")]
Anyone = Annotated[Identity, allow()]
Staff = Annotated[Identity, allow(Role.ADMIN, Role.AGENT, Role.SERVICE)]
Creator = Annotated[Identity, allow(Role.ADMIN, Role.AGENT, Role.SERVICE, also=_creators)]
Admin = Annotated[Identity, allow(Role.ADMIN)]
TicketId = Annotated[str, Path(alias="id", description="The ticket's id, or its display id such as V325813929.")]
