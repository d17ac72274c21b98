"""The audit service: what it is made of."""

from pathlib import Path

from fastapi import FastAPI

from audit import consumers, tables
from audit.api import history
from audit.api.dependencies import Audit
from audit.heads import Heads
from audit.reconcile import reconcile
from audit.settings import AuditSettings
from common.service import Runtime, Service


async def _start(app: FastAPI, runtime: Runtime) -> None:
    heads = Heads()
    await heads.listen(runtime.bus)
    app.state.audit = Audit(database=runtime.database, tickets=runtime.peer("tickets"), heads=heads)


async def _reconcile(runtime: Runtime) -> None:
    await reconcile(runtime, runtime.peer("tickets"))


service = Service(
    name="audit",
    description="What was changed, by whom and when: the audit log of every ticket.",
    settings=AuditSettings,
    metadata=tables.metadata,
    versions=Path(__file__).parents[2] / "migrations" / "versions",
    routers=[history.router],
    dead_letters=tables.letters,
    listens=consumers.listens,
    snapshots=consumers.snapshots,
    start=_start,
    tasks=[_reconcile],
)
