"""The built client in a real browser, before the session's stack.

def test_...(page_as, make):
    page = page_as("AGENT", f"/tickets/{make.ticket()['displayId']}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from playwright.sync_api import Browser, Page

from devstack.client import Client
from support.browser import Visits, running_browser
from support.clients import Caller, Callers
from support.stack import System


class PageAs(Protocol):
    def __call__(self, who: str | Caller | None, path: str = "/", **options: Any) -> Page:
        """A page as a role (`"AGENT"`), as somebody in particular, or as nobody (`None`).

        `theme="dark"`, `size=PHONE`, and what Playwright's `new_context` takes.
        """


@pytest.fixture(scope="session")
def client(tmp_path_factory: pytest.TempPathFactory) -> None:
    """`web/dist`, built as `make up` builds it."""
    Client(tmp_path_factory.mktemp("client") / "client.log").build()


# Not for the session: while Playwright runs, no other test of this process could run an event loop.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.fixture
def visits(browser: Browser, client: None, stack: System) -> Iterator[Visits]:
    """The test's pages. It fails if one of them complains; `visits.allow(pattern)` names what has to happen."""
    visits = Visits(browser, stack.url)
    yield visits
    visits.close()
    assert visits.complaints == []


@pytest.fixture
def page_as(visits: Visits, callers: Callers) -> PageAs:
    def open_(who: str | Caller | None, path: str = "/", **options: Any) -> Page:
        return visits.open(callers[who] if isinstance(who, str) else who, path, **options)

    return open_


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    visits = getattr(item, "funcargs", {}).get("visits")
    if visits is not None and report.when == "call" and report.failed:
        folder = item.funcargs["tmp_path_factory"].mktemp("failure")  # type: ignore[attr-defined]
        visits.save(folder)
        report.sections.append(("what the browser showed", _told(folder, visits.complaints)))
    return report


def _told(folder: Path, complaints: list[str]) -> str:
    return "\n".join([f"Screenshots and traces: {folder}", *complaints])
