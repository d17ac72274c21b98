"""NATS's configuration: JetStream, and one user a service with the subjects it needs and no others."""

import json
from typing import Any

from deploy.passwords import Passwords
from deploy.topology import SERVICES

OPERATOR = "operator"
"""The user of whoever runs the system: it may do everything."""

MAX_PAYLOAD = 8 * 1024 * 1024  # an event can hold two of the longest texts


def configuration(passwords: Passwords, *, name: str, listen: str, monitor: str, store: str) -> str:
    """The server's configuration file, which is JSON here. `listen` and `monitor` are host:port."""
    return json.dumps(
        {
            "server_name": f"{name}-{passwords['nats server'][:8]}",
            "listen": listen,
            "http": monitor,
            "max_payload": MAX_PAYLOAD,
            # What a power cut takes of the last seconds is said again (docs/adr/0025-nats-syncs-now-and-then.md).
            "jetstream": {"store_dir": store, "sync_interval": "10s", "max_memory_store": 64 * 1024 * 1024},
            "authorization": {"users": users(passwords), "timeout": 2},
        },
        indent=1,
    )


def users(passwords: Passwords) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [{"user": OPERATOR, "password": passwords[f"nats {OPERATOR}"]}]
    for service in SERVICES:
        permissions = service.nats_permissions()
        if permissions is not None:
            allowed = {"publish": list(permissions.publish), "subscribe": list(permissions.subscribe)}
            found.append({"user": service.name, "password": passwords[f"nats {service.name}"], "permissions": allowed})
    return found
