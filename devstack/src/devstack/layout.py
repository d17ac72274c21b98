"""Where everything of one stack is: folders, ports, secrets, addresses."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.passwords import as_user
from devstack.secrets import Secrets
from devstack.settings import ROOT, Settings

DATABASE = "ticketing"


@dataclass(frozen=True, slots=True)
class Layout:
    """`ports` and `replicas` are by component name; a second replica of tickets is called `tickets-2`."""

    settings: Settings
    secrets: Secrets
    ports: Mapping[str, int]
    replicas: Mapping[str, tuple[str, ...]]
    overrides: Mapping[str, str] = field(default_factory=dict)

    @property
    def data(self) -> Path:
        return self.settings.data

    @property
    def run(self) -> Path:
        """Configuration files and state, written anew at each start."""
        return self.data / "run"

    @property
    def gateway(self) -> Path:
        return ROOT / "gateway"

    def log(self, name: str) -> Path:
        return self.data / "logs" / f"{name}.log"

    def url(self, name: str) -> str:
        """The internal address of a component that speaks HTTP; "" where this stack has none of that name."""
        return f"http://127.0.0.1:{self.ports[name]}" if name in self.ports else ""

    def urls(self, service: str) -> str:
        """The addresses of all replicas of a service, with commas between."""
        return ",".join(self.url(replica) for replica in self.replicas.get(service, ()))

    def database_url(self, role: str) -> str:
        """`postgresql://` as one of the services' roles (`tickets_app`, `tickets_owner`)."""
        return as_user(self.admin_url(), role, self.secrets[f"postgres {role}"])

    def admin_url(self, database: str = DATABASE) -> str:
        """`postgresql://` as who may make roles and schemas: the operator's own, or the superuser of ours."""
        if self.settings.database_url is not None:
            return self.settings.database_url
        password = self.secrets["postgres postgres"]
        return f"postgresql://postgres:{password}@127.0.0.1:{self.ports['postgres']}/{database}"

    def nats_url(self, user: str) -> str:
        return f"nats://{user}:{self.secrets[f'nats {user}']}@127.0.0.1:{self.ports['nats']}"

    def redis_url(self) -> str:
        return f"redis://:{self.secrets['valkey']}@127.0.0.1:{self.ports['valkey']}/0"


def venv_program(name: str) -> str:
    """A program that a package put beside our Python."""
    return str(Path(sys.executable).parent / name)


def plain_environment() -> dict[str, str]:
    """What a server needs of ours: nothing that could reconfigure it."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", "TZ": "UTC"}
