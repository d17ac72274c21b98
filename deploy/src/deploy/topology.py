"""The services on one page: what each owns, reads, asks and needs. Whoever runs them, runs them by this."""

from dataclasses import dataclass

from common.streams import Permissions, Stream, owner_permissions, reader_permissions
from contracts.streams import EVENTS, IDENTITY, NODES, REVOKED


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """One of ours. `asks` names the services it calls, `hears` those whose wake ping it listens to."""

    name: str
    owns: tuple[Stream, ...] = ()
    reads: tuple[Stream, ...] = ()
    hears: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    needs: tuple[str, ...] = ("postgres", "nats")
    has_schema: bool = True
    is_routed: bool = True
    seeds: bool = False

    def nats_permissions(self) -> Permissions | None:
        """None for a service that has no NATS user."""
        if "nats" not in self.needs:
            return None
        return owner_permissions(self.name, self.owns) | reader_permissions(self.name, self.reads, hears=self.hears)


AUTH = Service(
    name="auth",
    owns=(IDENTITY, REVOKED),
    asks=("cti",),
    needs=("postgres", "nats", "valkey"),
    seeds=True,
)
CTI = Service(name="cti", owns=(NODES,), reads=(IDENTITY, REVOKED), asks=("auth",), seeds=True)
TICKETS = Service(name="tickets", owns=(EVENTS,), reads=(IDENTITY, REVOKED, NODES), asks=("auth", "cti"))
AUDIT = Service(
    name="audit",
    reads=(EVENTS, IDENTITY, REVOKED),
    hears=("tickets",),
    asks=("auth", "tickets"),
)
SCHEDULER = Service(
    name="scheduler",
    asks=("tickets",),
    needs=("valkey",),
    has_schema=False,
    is_routed=False,
)

SERVICES = (AUTH, CTI, TICKETS, AUDIT, SCHEDULER)
SCHEMAS = tuple(service.name for service in SERVICES if service.has_schema)
ROUTED = tuple(service.name for service in SERVICES if service.is_routed)


def service(name: str) -> Service:
    return next(service for service in SERVICES if service.name == name)
