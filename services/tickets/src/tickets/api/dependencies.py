"""What the routes need of the running service, and the callers they let in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Annotated

from fastapi import Path
from starlette.requests import Request

from common.batches import Batches
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
from tickets.usecases.add_comment import Remark, add_comments
from tickets.usecases.create_ticket import Creation, create_tickets
from tickets.usecases.written import Head, Written, announce

LONG = 20_000
"""Characters of a text that is written by itself: what came at the same moment need not wait for its words."""


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

    @cached_property
    def creations(self) -> Batches[Creation, Written | None]:
        """Creations that come at one moment are written together; None where `create_ticket` has to write one."""

        async def create(wanted: Sequence[Creation]) -> list[Written | Exception | None]:
            async with self.database.single() as tx:
                return await create_tickets(tx, self, wanted)

        return Batches(create)

    @cached_property
    def remarks(self) -> Batches[Remark, Written | None]:
        """And comments; None where `add_comment` has to write it."""

        async def add(wanted: Sequence[Remark]) -> list[Written | Exception | None]:
            async with self.database.single() as tx:
                return [*await add_comments(tx, self, wanted)]

        return Batches(add)

    async def announce(self, *heads: Head) -> None:
        """Changes of these tickets are about to be committed."""
        await announce(self.runtime.bus, *heads)

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
