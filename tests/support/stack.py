"""What tests run against: what `make up` starts, on free ports, in a folder of its own; or containers, by address."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from devstack.settings import Settings
from devstack.stack import Stack


class System(Protocol):
    """A running system, by its addresses and by what it wrote: all that most tests know of it.

    `Stack` is one, and so is `compose.system.InContainers`.
    """

    @property
    def url(self) -> str:
        """The gateway's address."""
        ...

    @property
    def data(self) -> Path:
        """Where `goddard.key` is."""
        ...

    def internal_url(self, component: str) -> str: ...

    def database_url(self, owner: str, role: str = "app") -> str:
        """As a service's `app` or `owner` role; `database_url("postgres")` as the superuser."""
        ...

    def nats_url(self, user: str = "operator") -> str: ...

    def environment(self, name: str) -> dict[str, str]:
        """What a service is told: run one of its commands with it."""
        ...

    def secret(self, name: str) -> str:
        """The secret by which others prove to service `name` who they are."""
        ...

    def log(self, component: str) -> str: ...


@contextmanager
def running_stack(
    folder: Path, *, replicas: Mapping[str, int] | None = None, env: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    stack = Stack(Settings(data=folder, port=0), replicas=replicas, env=env)
    stack.start()
    try:
        yield stack
    finally:
        stack.stop()
