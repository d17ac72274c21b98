"""cti, composed."""

from pathlib import Path

from common.service import Service
from contracts.streams import NODES
from cti import consumers, tables
from cti.api import categories, internal, items, types
from cti.seed import seed
from cti.settings import CtiSettings

service = Service(
    name="cti",
    description="The hierarchy that tickets are routed by: categories, their types, and the items of each type.",
    settings=CtiSettings,
    metadata=tables.metadata,
    versions=Path(__file__).parents[2] / "migrations" / "versions",
    routers=[categories.router, types.router, items.router, internal.router],
    dead_letters=tables.letters,
    owns=[NODES],
    outbox=tables.outbox,
    listens=consumers.listens,
    snapshots=consumers.snapshots,
    seed=seed,
)
