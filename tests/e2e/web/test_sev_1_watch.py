"""The shell tells of every new SEV 1 ticket, however many there are already."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from e2e.web.conftest import PageAs
from support.clients import Callers
from support.copies import copies
from support.factories import Factory
from support.screen import drawn, expect_path, heading, toast
from support.stack import System

POLL = re.compile(r"/api/tickets\?severity=1&")


def last_page(response: Response) -> bool:
    """All of them are known then."""
    return bool(POLL.search(response.url)) and 'rel="next"' not in (response.header_value("link") or "")


@pytest.fixture
def page(page_as: PageAs) -> Page:
    """An agent's, on a page that shows no tickets; its clock is the test's."""
    page = page_as("AGENT", "/login")
    page.clock.install()
    with page.expect_response(last_page):
        page.goto("/profile")
    expect(heading(page)).to_have_text("Profile")
    return page


@pytest.fixture
def an_old_one(make: Factory) -> dict[str, Any]:
    return make.ticket(severity=3)


@pytest.fixture
def five_hundred(stack: System, make: Factory, an_old_one: dict[str, Any]) -> Iterator[None]:
    """So many open SEV 1 tickets, all newer than the old one."""
    pattern = make.ticket(severity=1, **make.route().ids)
    with copies(stack, pattern, 500, {"created_at": "created_at + n * interval '1 microsecond'"}):
        yield


def a_moment_later(page: Page) -> None:
    with page.expect_response(last_page):
        page.clock.run_for(31_000)
    drawn(page)


@pytest.mark.usefixtures("five_hundred")
def test_one_that_is_raised_to_it_is_told_among_five_hundred(
    page: Page, callers: Callers, an_old_one: dict[str, Any]
) -> None:
    callers["ADMIN"].patch(f"/tickets/{an_old_one['id']}", {"severity": 1})
    a_moment_later(page)
    expect(page.locator("#announcer-assertive")).to_have_text(f"New SEV 1: {an_old_one['title']}")
    toast(page, f"New SEV 1: {an_old_one['title']}").get_by_role("button", name="Open").click()
    expect(heading(page)).to_have_text(an_old_one["title"])


@pytest.mark.usefixtures("five_hundred")
def test_one_that_was_there_is_not_told_when_another_goes(make: Factory, page_as: PageAs, callers: Callers) -> None:
    newest = make.ticket(severity=1)
    page = page_as("AGENT", "/login")
    page.clock.install()
    with page.expect_response(last_page):
        page.goto("/profile")
    callers["ADMIN"].patch(f"/tickets/{newest['id']}", {"status": "RESOLVED"})
    a_moment_later(page)
    expect(page.locator("[data-toast]")).to_have_count(0)


def test_many_at_once_are_told_as_many(page: Page, make: Factory) -> None:
    for _ in range(5):
        make.ticket(severity=1)
    a_moment_later(page)
    expect(page.locator("#announcer-assertive")).to_have_text("5 new SEV 1 tickets")
    toast(page, "5 new SEV 1 tickets").get_by_role("button", name="Show").click()
    expect_path(page, "/?severity=1")


def test_ones_own_is_no_news_and_makes_nobody_ask_for_all_of_them(page: Page, make: Factory) -> None:
    mine = make.ticket()
    with page.expect_response(last_page):
        page.goto(f"/tickets/{mine['displayId']}")
    expect(heading(page)).to_have_text(mine["title"])
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("1")
    expect(toast(page, "SEV 1")).to_be_visible()
    drawn(page)
    assert not [url for url in asked if POLL.search(url)]

    theirs = make.ticket(severity=1)
    a_moment_later(page)
    expect(page.locator("#announcer-assertive")).to_have_text(f"New SEV 1: {theirs['title']}")
