"""One real stack a session, and a caller for each role.

With STACK=docker that stack is containers, in the rooms that know it by its addresses alone (`support.where`).
"""

from collections.abc import Callable, Iterator

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from compose.engine import NoEngine, find_engine
from compose.site import Images
from compose.system import running_in_containers
from support.clients import Caller, Callers
from support.factories import Factory
from support.first_day import CHOSEN, FirstDay, first_day
from support.stack import System, running_stack
from support.where import place_of, wants_containers

PRODUCTION = ("tests/contract/test_auth.py", "tests/e2e/web/test_behind_tls.py", "tests/security/test_matrix.py")
"""The files that ask for `production`."""
SEEN = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    try:
        if wants_containers():
            find_engine()
            if getattr(config.option, "numprocesses", None):
                raise ValueError("With STACK=docker there is one system for all tests, so they run one by one: -n 0")
    except (NoEngine, ValueError) as refused:
        raise pytest.UsageError(str(refused)) from None


class ByStack(LoadFileScheduling):
    """A file is one process's, and so are all those that ask for the same stack of their own: it starts once."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        if file in PRODUCTION:
            return "production"
        return "chaos" if file.startswith("tests/chaos/") else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByStack | None:
    return ByStack(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Say in each test's name what it runs against, and have pytest put together what runs against the same."""
    if "stack" in metafunc.fixturenames and wants_containers():
        place = place_of(metafunc.definition.path)
        if place is not None:
            metafunc.parametrize("stack", [place], indirect=True, scope="session")


@pytest.fixture(scope="session")
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """PostgreSQL, NATS, Valkey, Traefik, Caddy and the services, empty but for the seed."""
    folder = tmp_path_factory.mktemp("stack")
    in_containers = getattr(request, "param", "embedded") == "docker"
    images = request.getfixturevalue("images") if in_containers else None
    with running_in_containers(images, folder) if images else running_stack(folder) as stack:
        yield stack


@pytest.fixture(scope="session")
def images(note: Callable[[str], None]) -> Images:
    try:
        return Images.built(find_engine(), note)
    except NoEngine as none:
        pytest.exit(f"{none} Without an engine nothing of this can be shown.", returncode=1)


@pytest.fixture(scope="session")
def note(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Keep a figure for the end of the run. Nothing is held to it."""
    return request.config.stash.setdefault(SEEN, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if seen := config.stash.get(SEEN, []):
        terminalreporter.section("seen in containers")
        for line in seen:
            terminalreporter.line(line)


@pytest.fixture(scope="session")
def callers(stack: System) -> Iterator[Callers]:
    with Callers.of(stack) as callers:
        yield callers


@pytest.fixture(scope="session")
def admin(callers: Callers) -> Caller:
    return callers["ADMIN"]


@pytest.fixture(scope="session")
def agent(callers: Callers) -> Caller:
    return callers["AGENT"]


@pytest.fixture(scope="session")
def user(callers: Callers) -> Caller:
    return callers["USER"]


@pytest.fixture(scope="session")
def goddard(callers: Callers) -> Caller:
    return callers["SERVICE"]


@pytest.fixture(scope="session")
def nobody(callers: Callers) -> Caller:
    return callers.anonymous()


@pytest.fixture(scope="session")
def make(callers: Callers) -> Factory:
    """Makes users, CTI nodes and tickets through the API, each with a name of its own."""
    factory = Factory(callers)
    assert factory.a_route  # there before any page reads the tree
    return factory


@pytest.fixture(scope="session")
def production(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirstDay]:
    """A second stack, for what differs in production. Started by the first test that asks for it."""
    with first_day(tmp_path_factory.mktemp("production")) as day:
        yield day


@pytest.fixture(scope="session")
def production_callers(production: FirstDay) -> Iterator[Callers]:
    with Callers.of(production.stack, admin_password=CHOSEN) as callers:
        yield callers
