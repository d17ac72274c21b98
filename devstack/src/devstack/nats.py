"""NATS with JetStream: one user a service, with the subjects it needs and no others."""

import json
from typing import Any

from devstack.files import make_private, write_private
from devstack.layout import Layout, plain_environment, venv_program
from devstack.process import Program
from devstack.ready import answers, listens
from devstack.topology import OPERATOR, SERVICES

MAX_PAYLOAD = 8 * 1024 * 1024  # an event can hold two of the longest texts


def program(layout: Layout) -> Program:
    config = layout.run / "nats.conf"
    port, monitor = layout.ports["nats"], layout.ports["nats-monitor"]

    def prepare() -> None:
        write_private(config, configuration(layout))

    def is_ready(pid: int) -> bool:
        if not (listens(pid, port) and listens(pid, monitor)):
            return False
        return answers(monitor, "/healthz?js-enabled-only=true") is not None

    return Program(
        name="nats",
        command=(venv_program("nats-server"), "-c", str(config)),
        environment=plain_environment() | {"GOMEMLIMIT": "128MiB"},
        port=port,
        prepare=prepare,
        is_ready=is_ready,
    )


def configuration(layout: Layout) -> str:
    """The server's configuration file, which is JSON here."""
    store = make_private(layout.data / "nats")
    users: list[dict[str, Any]] = [{"user": OPERATOR, "password": layout.secrets[f"nats {OPERATOR}"]}]
    for service in SERVICES:
        permissions = service.nats_permissions()
        if permissions is not None:
            users.append(
                {
                    "user": service.name,
                    "password": layout.secrets[f"nats {service.name}"],
                    "permissions": {
                        "publish": list(permissions.publish),
                        "subscribe": list(permissions.subscribe),
                    },
                }
            )
    return json.dumps(
        {
            "server_name": f"devstack-{layout.secrets['nats server'][:8]}",
            "host": "127.0.0.1",
            "port": layout.ports["nats"],
            "http": f"127.0.0.1:{layout.ports['nats-monitor']}",
            "max_payload": MAX_PAYLOAD,
            # An acknowledged message is on disk: with the default a power cut takes the last seconds of them.
            "jetstream": {"store_dir": str(store), "sync_interval": "always", "max_memory_store": 64 * 1024 * 1024},
            "authorization": {"users": users, "timeout": 2},
        },
        indent=1,
    )
