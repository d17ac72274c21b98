"""What containers find in their volumes: secrets of their own, configuration of the servers, folders to write to."""

import os
from collections.abc import Mapping
from pathlib import Path

from deploy import nats, valkey
from deploy.installation import Installation
from deploy.topology import SERVICES

OURS = 10001
"""As whom our images run, and the servers that do not mind."""

POSTGRES = 999
"""As whom the official image of PostgreSQL runs."""


def fill(folder: Path, installation: Installation) -> None:
    """Write into `folder`, which holds one folder a volume, what each is for. Runs as root, and may run again."""
    for service in SERVICES:
        write(folder / service.name, installation.secrets(service), OURS)
        if service.has_schema:
            write(folder / f"{service.name}-migrate", installation.secrets_to_migrate(service), OURS)
    passwords = installation.passwords
    on_nats = nats.configuration(
        passwords, name="ticketing", listen="0.0.0.0:4222", monitor="0.0.0.0:8222", store="/data"
    )
    write(folder / "nats", {"nats.conf": on_nats}, OURS)
    on_redis = valkey.configuration(passwords, bind="0.0.0.0", port=6379, folder="/tmp")  # noqa: S108  a tmpfs
    write(folder / "redis", {"valkey.conf": on_redis}, OURS)
    write(folder / "postgres", {"postgres_password": installation.postgres_password}, POSTGRES)
    write(folder / "grafana", {"grafana_password": passwords["grafana admin"]}, OURS)
    for ours in ("nats-data", "scheduler-state", "prometheus-data", "grafana-data"):
        give(folder / ours, OURS)
    give(folder / "postgres-data", POSTGRES)


def write(folder: Path, files: Mapping[str, str], owner: int) -> None:
    """Make the folder hold these files and no others, for their owner to read."""
    for name, text in files.items():
        draft = folder / f".{name}.new"
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w", encoding="utf-8") as file:
            file.write(text)
        os.chown(draft, owner, owner)
        draft.replace(folder / name)
    for path in folder.iterdir():
        if path.name not in files:
            path.unlink()
    give(folder, owner)


def give(folder: Path, owner: int) -> None:
    """Make a volume's folder belong to whom works in it. What is inside was made by them."""
    os.chown(folder, owner, owner)
    folder.chmod(0o700)
