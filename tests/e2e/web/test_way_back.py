"""From a ticket back to the list: to the same place and the same row, however far down that was."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.web.conftest import PageAs
from support.browser import DESKTOP, PHONE
from support.copies import copies
from support.factories import Factory
from support.screen import drawn, heading, pick, rows, toast
from support.stack import System
from support.variants import variants

MANY = 600
DEEP = 350


@pytest.fixture(scope="module")
def queue(stack: System, make: Factory) -> Iterator[str]:
    """The address of a list of many pages, of rows that are not all equally tall."""
    route = make.route()
    pattern = make.ticket(severity=3, **route.ids)
    changed = {
        "title": "'Number ' || n || repeat(' and so on', mod(n, 9))",
        "created_at": "created_at - n * interval '1 minute'",
    }
    with copies(stack, pattern, MANY, changed):
        yield f"/?queue={route.category['id']}"


def go_down(page: Page) -> Locator:
    """To a row of the fourth page, which gets the focus; its link."""
    expect(rows(page).first).to_be_visible()
    for _ in range(100):
        if row_at(page, DEEP).count() > 0:
            break
        rows(page).last.scroll_into_view_if_needed()
        drawn(page)
    link = link_of(page, row_at(page, DEEP).get_attribute("data-ticket"))
    link.evaluate("link => link.scrollIntoView({ block: 'center' })")
    link.focus()
    return link


def row_at(page: Page, place: int) -> Locator:
    """The row at this place in the list, if it is drawn; the first is 0, and stands after the head."""
    return page.locator(f"tr[data-ticket][aria-rowindex='{place + 2}']")


def link_of(page: Page, display_id: str | None) -> Locator:
    return page.locator(f"tr[data-ticket={display_id}] [data-row-link]")


def place_of(link: Locator) -> float:
    """How far down the window it stands, once what is drawn around it has its height."""
    drawn(link.page)
    box = link.bounding_box()
    assert box is not None
    return box["y"]


def open_it(page: Page, link: Locator) -> None:
    title = link.inner_text()
    page.keyboard.press("Enter")
    expect(heading(page)).to_have_text(title)


@pytest.mark.parametrize(
    "size", [DESKTOP, pytest.param((1000, 700), marks=pytest.mark.long), PHONE], ids=["desktop", "narrow", "phone"]
)
def test_leads_to_the_same_row_at_the_same_place(page_as: PageAs, queue: str, size: tuple[int, int]) -> None:
    page = page_as("AGENT", queue, size=size)
    link = go_down(page)
    place = place_of(link)
    open_it(page, link)
    page.go_back()
    expect(link).to_be_focused()
    assert place_of(link) == pytest.approx(place, abs=2)


def test_leads_there_by_mouse_and_over_other_pages(page_as: PageAs, queue: str) -> None:
    page = page_as("AGENT", queue)
    link = go_down(page)
    place = place_of(link)
    link.click()
    expect(page.get_by_role("navigation", name="Breadcrumb")).to_be_visible()
    page.get_by_role("link", name="My tickets").click()
    expect(heading(page)).to_have_text("My tickets")
    page.go_back()
    page.go_back()
    expect(link).to_be_focused()
    assert place_of(link) == pytest.approx(place, abs=2)


@pytest.mark.long
def test_leads_there_after_an_hour_of_reading(page_as: PageAs, queue: str) -> None:
    page = page_as("AGENT", "/login")
    page.clock.install()
    page.goto(queue)
    link = go_down(page)
    place = place_of(link)
    open_it(page, link)
    page.clock.fast_forward("50:00")
    page.go_back()
    expect(link).to_be_focused()
    assert place_of(link) == pytest.approx(place, abs=2)


@pytest.mark.parametrize(
    ("button", "choice"),
    variants([("Severity:", "SEV 2"), ("Status:", "Resolved")], each_time=[("Severity:", "SEV 2")]),
)
def test_leads_there_after_the_ticket_was_changed(page_as: PageAs, queue: str, button: str, choice: str) -> None:
    page = page_as("AGENT", queue)
    link = go_down(page)
    neighbour = link_of(page, row_at(page, DEEP + 2).get_attribute("data-ticket"))
    place = place_of(neighbour)
    open_it(page, link)
    pick(page, button, choice)
    expect(toast(page, choice)).to_be_visible()
    with page.expect_response(re.compile(r"/api/tickets\?.*cursor=")):
        page.go_back()
    expect(link).to_be_focused()
    settle(page)
    # Wherever it stands now: it has the focus, and what stood around it is where it was.
    expect(link).to_be_focused()
    assert place_of(neighbour) == pytest.approx(place, abs=45)


def test_a_row_that_is_gone_leaves_the_focus_to_the_one_in_its_place(page_as: PageAs, queue: str) -> None:
    page = page_as("ADMIN", queue)
    link = go_down(page)
    following = link_of(page, row_at(page, DEEP + 1).get_attribute("data-ticket"))
    place = place_of(link)
    open_it(page, link)
    pick(page, "Status:", "Closed")
    expect(toast(page, "Closed")).to_be_visible()
    page.go_back()
    expect(link).to_have_count(0)
    expect(following).to_be_focused()
    assert place_of(following) == pytest.approx(place, abs=45)
    page.keyboard.press("k")
    expect(row_at(page, DEEP - 1).locator("[data-row-link]")).to_be_focused()


def test_a_new_visit_begins_at_the_top(page_as: PageAs, queue: str) -> None:
    page = page_as("AGENT", queue)
    link = go_down(page)
    open_it(page, link)
    page.get_by_role("navigation", name="Breadcrumb").get_by_role("link").click()
    expect(heading(page)).to_have_text("All tickets")
    expect(heading(page)).to_be_focused()
    expect(heading(page)).to_be_in_viewport()


def settle(page: Page) -> None:
    """Until every page of the list has been asked for again."""
    page.wait_for_load_state("networkidle")
    drawn(page)
