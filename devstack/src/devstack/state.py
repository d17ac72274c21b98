"""What a running stack tells about itself in `.data/run`: who runs it, where it answers, how its components are."""

import fcntl
import json
import os
import signal
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from devstack.files import make_private, write_private
from devstack.waiting import until


@dataclass(frozen=True, slots=True)
class Component:
    state: str
    pid: int | None
    port: int | None
    restarts: int = 0
    started: int | None = None
    """When the process began, in the kernel's own ticks: together with the pid it is never anybody else's."""


@dataclass(frozen=True, slots=True)
class StackState:
    """`phase` is `starting`, `running`, `rolling` or `stopping`."""

    supervisor: int
    address: str
    phase: str
    ports: dict[str, int] = field(default_factory=dict)
    components: dict[str, Component] = field(default_factory=dict)

    def write(self, data: Path) -> None:
        write_private(_path(data), json.dumps(asdict(self), indent=1))


def read(data: Path) -> StackState | None:
    """The last state that was written, by a stack that may have ended since; see `is_held`."""
    try:
        found: dict[str, Any] = json.loads(_path(data).read_text(encoding="utf-8"))
        components = {name: Component(**each) for name, each in found.pop("components").items()}
        return StackState(**found, components=components)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return None


class Hold:
    """The right to run the stack of one data folder. The kernel takes it back when its holder dies."""

    def __init__(self, data: Path) -> None:
        self._path = make_private(data / "run") / "lock"
        self._descriptor: int | None = None

    def take(self) -> bool:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def stands(self) -> bool:
        """Whether the folder is still the one it was taken for, and not deleted under our feet."""
        try:
            return self._descriptor is not None and os.path.samestat(os.stat(self._path), os.fstat(self._descriptor))
        except OSError:
            return False

    def release(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def is_held(data: Path) -> bool:
    """Whether a supervisor lives that runs the stack of this folder."""
    if not (data / "run" / "lock").exists():
        return False
    hold = Hold(data)
    taken = hold.take()
    hold.release()
    return not taken


def end_leftovers(data: Path, *, patience: float = 5.0) -> None:
    """End what a killed supervisor left behind. They were told by the kernel; some take a moment."""
    last = read(data)
    if last is None:
        return
    for component in last.components.values():
        if component.pid and not _ends(component.pid, component.started, patience):
            os.kill(component.pid, signal.SIGKILL)
            _ends(component.pid, component.started, patience)


def _ends(pid: int, started: int | None, seconds: float) -> bool:
    return until(lambda: not is_alive(pid, started), seconds)


def is_alive(pid: int, started: int | None) -> bool:
    return started is not None and start_ticks(pid) == started


def start_ticks(pid: int) -> int | None:
    """When the process began; None for one that is gone or waits to be reaped."""
    try:
        columns = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
    return None if columns[0] == "Z" else int(columns[19])


def _path(data: Path) -> Path:
    return data / "run" / "state.json"
