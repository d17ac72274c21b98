"""The stack that runs, seen from another process: where everything is, and a service's commands beside it."""

import subprocess
from collections.abc import Sequence

from deploy.topology import SCHEMAS, service
from devstack import postgres, services, state
from devstack.layout import Layout
from devstack.problem import StackProblem
from devstack.secrets import Secrets
from devstack.settings import ROOT, Settings

# Each change of a password ends the tokens of before, which the epoch counts.
_SEEDED_PASSWORD = "select must_change_password and token_epoch = 0 from users where username = 'admin' and not deleted"


def layout(settings: Settings) -> Layout:
    """`StackProblem` where nothing runs."""
    running = state.read(settings.data) if state.is_held(settings.data) else None
    if running is None:
        raise StackProblem("Nothing is running. Start it first: make up")
    return Layout(settings, Secrets(settings.data / "secrets.json"), running.ports, replicas={})


def run_service(settings: Settings, name: str, arguments: Sequence[str]) -> int:
    """One of the service's own commands, with what its process is told. Returns its exit status."""
    if name not in SCHEMAS:
        raise StackProblem(f'Which service? S={" or S=".join(SCHEMAS)}, and its command: ARGS="dead-letters list"')
    known = service(name)
    environment = services.migration_environment(layout(settings), known)
    return subprocess.run(services.command(known, *arguments), cwd=ROOT, env=environment, check=False).returncode


def has_seeded_password(found: Layout) -> bool:
    """Whether admin123 still opens something."""
    return postgres.query(found, _SEEDED_PASSWORD, role="auth_app") == ["t"]
