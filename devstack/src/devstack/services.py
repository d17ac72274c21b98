"""How one of our services is run, and what it is told by its environment."""

import sys

from deploy.passwords import service_secrets
from deploy.topology import SERVICES, Service
from devstack.files import make_private
from devstack.layout import Layout, plain_environment
from devstack.process import Program
from devstack.ready import is_connected, serves


def program(layout: Layout, service: Service, replica: str) -> Program:
    port, queue = layout.ports.get(replica), layout.ports["valkey"]
    return Program(
        name=replica,
        command=command(service, "serve"),
        environment=environment(layout, service) | ({"LISTEN_PORT": str(port)} if port else {}),
        port=port,
        is_ready=(lambda pid: serves(pid, port, "/readyz")) if port else (lambda pid: is_connected(pid, queue)),
        stop_seconds=20,
    )


def command(service: Service, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", service.name, *arguments)


def environment(layout: Layout, service: Service) -> dict[str, str]:
    """Everything this service reads from its environment, and no other service's secrets."""
    told = {
        **plain_environment(),
        "PYTHONUNBUFFERED": "1",
        "APP_ENV": "development",
        "CLIENT_URL": layout.settings.address,
        "LISTEN_HOST": "127.0.0.1",
        **{f"{other.name.upper()}_URL": layout.url(other.name) for other in SERVICES if other.is_routed},
        **layout.settings.variables,
        **layout.overrides,
    }
    # The gateway is the peer of every request; those before it are the operator's to name.
    told["TRUSTED_PROXIES"] = ",".join(filter(None, ["127.0.0.1/32", layout.settings.variables.get("TRUSTED_PROXIES")]))
    if service.name == "auth":
        told.setdefault("JWT_SECRET", layout.secrets["jwt"])
    else:
        told.pop("JWT_SECRET", None)
    told |= service_secrets(service.name, service.asks, layout.secrets)
    if service.has_schema:
        told["DATABASE_URL"] = layout.database_url(f"{service.name}_app")
    if "nats" in service.needs:
        told["NATS_URL"] = layout.nats_url(service.name)
    if "valkey" in service.needs:
        told["REDIS_URL"] = layout.redis_url()
    if service.name == "scheduler":
        told["SCHEDULER_STATE"] = str(make_private(layout.data / "scheduler"))
    return told


def migration_environment(layout: Layout, service: Service) -> dict[str, str]:
    return environment(layout, service) | {"MIGRATION_DATABASE_URL": layout.database_url(f"{service.name}_owner")}
