"""The tickets service: what it is made of."""

from datetime import timedelta
from pathlib import Path

from fastapi import FastAPI

from common.service import Runtime, Service
from contracts.streams import EVENTS
from tickets import consumers, tables
from tickets.api import comments, internal, tickets
from tickets.api.dependencies import Tickets
from tickets.queries.estimates import Estimates
from tickets.queries.totals import Totals
from tickets.settings import Settings
from tickets.tasks import measure_overdue, unassign_departed
from tickets.usecases.written import WAKE


async def _start(app: FastAPI, runtime: Runtime) -> None:
    settings: Settings = runtime.settings
    parts = Tickets(
        runtime=runtime,
        database=runtime.database,
        cti=runtime.peer("cti"),
        users=runtime.authenticator.users,
        totals=Totals(),
        estimates=Estimates(),
        auto_close=timedelta(days=settings.auto_close_days),
    )
    app.state.tickets = parts

    async def changed_elsewhere(_announced: bytes) -> None:
        parts.totals.changed()

    await runtime.bus.subscribe(WAKE, changed_elsewhere)


service = Service(
    name="tickets",
    description="Tickets and their comments.",
    settings=Settings,
    metadata=tables.metadata,
    versions=Path(__file__).parents[2] / "migrations" / "versions",
    routers=[tickets.router, comments.router, internal.router],
    dead_letters=tables.letters,
    outbox=tables.outbox,
    owns=[EVENTS],
    purge_after={"ticket.deleted.v1"},
    listens=consumers.listens,
    snapshots=consumers.snapshots,
    start=_start,
    tasks=[measure_overdue, unassign_departed],
)
