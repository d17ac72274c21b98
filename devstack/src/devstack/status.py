"""`make status`: each component, its state, process, port and memory."""

from pathlib import Path

import psutil

from devstack import state


def show(data: Path) -> int:
    """0 where everything is ready, 1 where something is not, 3 where nothing runs."""
    last = state.read(data)
    if last is None or not state.is_held(data):
        print("Nothing is running. `make up` starts it.")
        return 3
    print(f"{last.address} ({last.phase})\n")
    print(f"{'component':<12} {'state':<9} {'pid':>8} {'port':>6} {'MiB':>6} {'restarts':>9}")
    total = _print("supervisor", state.Component("ready", last.supervisor, None))
    for name, component in last.components.items():
        total += _print(name, component)
    print(f"{'':<12} {'':<9} {'':>8} {'':>6} {total:>6.0f}")
    return 0 if all(component.state == "ready" for component in last.components.values()) else 1


def _print(name: str, component: state.Component) -> float:
    memory = memory_mib(component.pid, alone=name == "supervisor") if component.pid else 0.0
    port, restarts = component.port or "", component.restarts or ""
    print(f"{name:<12} {component.state:<9} {component.pid or '':>8} {port:>6} {memory:>6.0f} {restarts:>9}")
    return memory


def memory_mib(pid: int, *, alone: bool = False) -> float:
    """What the process and its children use, shared pages divided among their users (PSS)."""
    try:
        process = psutil.Process(pid)
        family = [process] if alone else [process, *process.children(recursive=True)]
        return float(sum(_pss(member) for member in family)) / 2**20
    except psutil.NoSuchProcess:
        return 0.0


def _pss(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return 0
