"""One installation a session, as an operator makes it: two files in an empty folder, and images."""

import platform
from collections.abc import Callable, Iterator

import pytest

from compose.engine import NoEngine, find_engine
from compose.site import Site
from compose.standins import provide

MEASURED = pytest.StashKey[list[str]]()


@pytest.fixture(scope="session")
def note(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Keep a figure for the end of the run. Nothing is held to it."""
    return request.config.stash.setdefault(MEASURED, []).append


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, note: Callable[[str], None]) -> Iterator[Site]:
    try:
        compose = find_engine()
    except NoEngine as none:
        pytest.exit(f"{none} Without an engine nothing of this can be shown.", returncode=1)
    standins = provide()
    note(f"STAND-INS in place of official images that could not be pulled: {', '.join(standins) or 'none'}")
    note(f"{' '.join(compose)} on {platform.platform()}")
    site = Site(compose, tmp_path_factory.mktemp("site"), note)
    site.build()
    try:
        site.up()
        site.first_day()
        yield site
    finally:
        site.down()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if measured := config.stash.get(MEASURED, []):
        terminalreporter.section("seen in containers")
        for line in measured:
            terminalreporter.line(line)
