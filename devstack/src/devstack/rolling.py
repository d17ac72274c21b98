"""`make rolling-restart`: the services anew, with their code and migrations as they are now, and nobody waits."""

import os
import signal
import time

from deploy.topology import SERVICES
from devstack import state
from devstack.problem import StackProblem
from devstack.process import State
from devstack.settings import Settings
from devstack.waiting import until

PATIENCE_SECONDS = 240.0


def restart(settings: Settings) -> str:
    """What was done. `StackProblem` where nothing runs, or a service did not come up again."""
    before = _running(settings)
    began = time.monotonic()
    os.kill(before.supervisor, signal.SIGUSR1)
    until(lambda: _running(settings).phase == "rolling", 10, every=0.05)
    for service in SERVICES:
        _follow(settings, before, service.name)
    until(lambda: _running(settings).phase == "running", PATIENCE_SECONDS, every=0.1)
    after = _running(settings)
    kept = [service.name for service in SERVICES if _pid(after, service.name) in {None, _pid(before, service.name)}]
    if kept:
        log = settings.data / "logs" / "supervisor.log"
        raise StackProblem(f"Not restarted: {', '.join(kept)}. See {log} and `make status`.")
    names = ", ".join(service.name for service in SERVICES)
    return f"Restarted {names} in {time.monotonic() - began:.0f} s. The servers beside them ran on."


def _follow(settings: Settings, before: state.StackState, name: str) -> None:
    """Say so once this service is another process that is ready. It never is where the restart has ended without it."""
    began = time.monotonic()

    def is_anew() -> bool:
        now = _running(settings)
        return _pid(now, name) not in {None, _pid(before, name)} and now.components[name].state == State.READY

    until(lambda: is_anew() or _running(settings).phase == "running", PATIENCE_SECONDS, every=0.1)
    if is_anew():
        print(f"{name:<10} … restarted {time.monotonic() - began:.1f} s", flush=True)


def _running(settings: Settings) -> state.StackState:
    found = state.read(settings.data) if state.is_held(settings.data) else None
    if found is None:
        raise StackProblem("Nothing is running. Start it first: make up")
    return found


def _pid(found: state.StackState, component: str) -> int | None:
    return found.components[component].pid if component in found.components else None
