"""What audit hears, and which function each event goes to."""

from collections.abc import Sequence

from prometheus_client import Histogram

from audit.heads import tell_arrived
from audit.usecases.hear_events import HANDLERS, hear_batch
from common import clock
from common.event import Event
from common.known_keys import keep_key
from common.known_users import keep_revocation, keep_user
from common.repair import Snapshot, identity_snapshots
from common.service import Listen, Runtime, identity_listen
from contracts.auth import KeyPublished, TokenRevoked, UserChanged, UserDeleted
from contracts.streams import EVENTS, IDENTITY, REVOKED

LAG = Histogram(
    "audit_lag_seconds",
    "From a change being made to its entries being visible.",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300),
)


def listens(runtime: Runtime) -> Sequence[Listen]:
    users_and_keys = {UserChanged: keep_user, UserDeleted: keep_user, KeyPublished: keep_key}

    async def stored(events: Sequence[Event]) -> None:
        await tell_arrived(runtime.bus, (event.subject for event in events))
        now = clock.now()
        for event in events:
            LAG.observe((now - event.time).total_seconds())

    return [
        Listen(EVENTS, HANDLERS, stored, together=hear_batch),
        identity_listen(runtime, users_and_keys, IDENTITY),
        identity_listen(runtime, {TokenRevoked: keep_revocation}, REVOKED),
    ]


def snapshots(runtime: Runtime) -> Sequence[Snapshot]:
    return identity_snapshots(runtime.peer("auth"))
