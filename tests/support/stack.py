"""The stack that tests run against: what `make up` starts, on free ports, in a folder of its own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from devstack.settings import Settings
from devstack.stack import Stack


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
