"""One stack with two replicas of tickets and of audit, to be broken in every way."""

from collections.abc import Callable, Iterator

import pytest

from chaos.ordeal import Ordeal
from support.clients import Callers
from support.factories import Factory
from support.stack import running_stack

MEASURED = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def ordeal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ordeal]:
    """Here tickets are closed every two seconds, not every hour."""
    replicas, env = {"tickets": 2, "audit": 2}, {"AUTO_CLOSE_INTERVAL": "2"}
    folder = tmp_path_factory.mktemp("chaos")
    with running_stack(folder, replicas=replicas, env=env) as stack, Callers.of(stack) as callers:
        yield Ordeal(stack, callers, Factory(callers))


@pytest.fixture
def note(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Keep a figure for the end of the run. Nothing is held to it."""
    measured = request.config.stash.setdefault(MEASURED, [])
    return lambda figure: measured.append(f"{request.node.name}: {figure}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if measured := config.stash.get(MEASURED, []):
        terminalreporter.section("measured under faults")
        for line in measured:
            terminalreporter.line(line)
