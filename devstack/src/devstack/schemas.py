"""The services' schemas: made, migrated and seeded, each only where that has not been done."""

import hashlib
import json
import subprocess
import sys
from typing import Any

from deploy.topology import SCHEMAS, service
from devstack import postgres, services
from devstack.layout import Layout, plain_environment
from devstack.problem import StackProblem
from devstack.settings import ROOT


class Schemas:
    """What was done is noted in the database itself, where it lives and dies with what it tells of."""

    def __init__(self, layout: Layout, names: list[str]) -> None:
        self._layout = layout
        self._names = names
        self._done: dict[str, Any] = {}

    def migrate(self) -> str:
        """Bring the schemas to their newest revisions."""
        self._done = postgres.provision(self._layout, SCHEMAS)
        newest = {name: revisions(name) for name in self._names}
        behind = [name for name in self._names if self._done.get(f"migrated {name}") != newest[name]]
        if not behind:
            return "up to date"
        urls = {name: self._layout.database_url(f"{name}_owner") for name in behind}
        _run([sys.executable, "-m", "devstack.migrate"], plain_environment(), "Migrating failed", told=json.dumps(urls))
        self._note({f"migrated {name}": newest[name] for name in behind})
        return f"migrated {', '.join(behind)}"

    def seed(self) -> str:
        """Create what a first run needs: accounts, sample categories."""
        missing = [name for name in self._names if service(name).seeds and not self._done.get(f"seeded {name}")]
        if not missing:
            return "there already"
        told = json.dumps({name: self._told_to_seed(name) for name in missing})
        _run([sys.executable, "-m", "devstack.seed"], plain_environment(), "Seeding failed", told=told)
        self._note({f"seeded {name}": True for name in missing})
        return f"seeded {', '.join(missing)}"

    def _told_to_seed(self, name: str) -> dict[str, str]:
        environment = services.environment(self._layout, service(name))
        # auth would ask cti for its sample tree, which is being seeded here itself.
        environment.pop("CTI_URL", None)
        return environment | {"GODDARD_KEY_FILE": str(self._layout.data / "goddard.key")}

    def _note(self, done: dict[str, Any]) -> None:
        self._done.update(done)
        postgres.note(self._layout, self._done)


def revisions(name: str) -> str:
    """Changes when a migration of that service is added or changed."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "services" / name / "migrations" / "versions").glob("*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def _run(command: list[str], environment: dict[str, str], sentence: str, *, told: str = "") -> None:
    done = subprocess.run(
        command,
        env=environment,
        input=told,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = done.stdout.strip().splitlines()
        raise StackProblem(f"{sentence}: {said[-1] if said else f'exit code {done.returncode}'}")
