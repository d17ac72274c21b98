"""The services' schemas: made, migrated and seeded, each only where that has not been done."""

import hashlib
import subprocess
from pathlib import Path
from typing import Any

from devstack import postgres, services
from devstack.layout import Layout
from devstack.problem import StackProblem
from devstack.settings import ROOT
from devstack.topology import SCHEMAS, Service, service


class Schemas:
    """What was done is noted in the database itself, where it lives and dies with what it tells of."""

    def __init__(self, layout: Layout, names: list[str]) -> None:
        self._layout = layout
        self._names = names
        self._done: dict[str, Any] = {}

    def migrate(self) -> str:
        """Bring the schemas to their newest revisions."""
        self._done = postgres.provision(self._layout, SCHEMAS)
        behind = [name for name in self._names if self._done.get(f"migrated {name}") != revisions(name)]
        running = [(name, self._run(service(name), "migrate")) for name in behind]
        for name, process in running:
            _wait(process, f"The migrations of {name} failed")
            self._done[f"migrated {name}"] = revisions(name)
        if behind:
            postgres.note(self._layout, self._done)
        return f"migrated {', '.join(behind)}" if behind else "up to date"

    def seed(self) -> str:
        """Create what a first run needs: accounts, sample categories."""
        missing = [name for name in self._names if service(name).seeds and not self._done.get(f"seeded {name}")]
        for name in missing:
            _wait(self._run(service(name), "seed"), f"Seeding {name} failed")
            self._done[f"seeded {name}"] = True
        if missing:
            postgres.note(self._layout, self._done)
        return f"seeded {', '.join(missing)}" if missing else "there already"

    def _run(self, known: Service, command: str) -> subprocess.Popen[str]:
        environment = services.migration_environment(self._layout, known)
        environment["GODDARD_KEY_FILE"] = str(self._layout.data / "goddard.key")
        return subprocess.Popen(
            services.command(known, command),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )


def revisions(name: str) -> str:
    """Changes when a migration of that service is added or changed."""
    digest = hashlib.sha256()
    for path in sorted(migrations(name).glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def migrations(name: str) -> Path:
    return ROOT / "services" / name / "migrations" / "versions"


def _wait(process: subprocess.Popen[str], sentence: str) -> None:
    said, _ = process.communicate()
    if process.returncode != 0:
        raise StackProblem(f"{sentence}: {said.strip() or process.returncode}")
