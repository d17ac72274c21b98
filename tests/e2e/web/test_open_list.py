"""What lies open all day shows what others do, and moves nothing from under one's hand."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from e2e.web.conftest import PageAs
from support.clients import Callers
from support.copies import copies
from support.factories import Factory, Route
from support.screen import comment_by, drawn, hurry_to, row_of, rows
from support.stack import System


@pytest.fixture
def route(make: Factory, stack: System) -> Iterator[Route]:
    """A queue whose list is longer than the window."""
    route = make.route()
    with copies(
        stack, make.ticket(severity=3, **route.ids), 60, {"created_at": "created_at - n * interval '1 minute'"}
    ):
        yield route


@pytest.fixture
def page(page_as: PageAs, route: Route) -> Page:
    """An agent's before that list; its clock is the test's."""
    page = page_as("AGENT", "/login")
    page.clock.install()
    page.goto(f"/?queue={route.category['id']}")
    expect(rows(page).nth(40)).to_be_attached()
    return page


def half_a_minute_later(page: Page, route: Route) -> None:
    with page.expect_response(re.compile(rf"/api/tickets\?.*categoryId={route.category['id']}")):
        page.clock.run_for(31_000)
    drawn(page)


def test_66_shows_at_its_top_what_somebody_has_filed(page: Page, make: Factory, route: Route) -> None:
    ticket = make.ticket(severity=1, **route.ids)
    half_a_minute_later(page, route)
    expect(rows(page).first).to_have_attribute("data-ticket", ticket["displayId"])
    expect(row_of(page, ticket)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("down", [0, 600])
def test_40_leaves_the_row_under_the_pointer_where_it_is(page: Page, make: Factory, route: Route, down: int) -> None:
    page.evaluate("down => scrollTo(0, down)", down)
    drawn(page)
    page.mouse.move(640, 400)
    under = "document.elementFromPoint(640, 400).closest('[data-ticket]').dataset.ticket"
    before = page.evaluate(under)
    ticket = make.ticket(severity=1, **route.ids)
    half_a_minute_later(page, route)
    expect(row_of(page, ticket)).to_have_count(1)
    assert page.evaluate(under) == before


def test_a_ticket_shows_who_has_taken_it_and_what_they_said(page_as: PageAs, make: Factory, callers: Callers) -> None:
    ticket, other = make.ticket(), callers.new("AGENT", displayName="Grace Hopper")
    page = page_as("AGENT", "/login")
    page.clock.install()
    page.goto(f"/tickets/{ticket['displayId']}")
    box = page.get_by_role("textbox", name="Comment")
    box.fill("Half a thought")
    assert other.patch(f"/tickets/{ticket['id']}", {"assigneeId": other.id}).status_code == 200
    assert other.post(f"/tickets/{ticket['id']}/comments", {"body": "Mine."}).status_code == 201
    hurry_to(page.get_by_role("button", name="Assignee: Grace Hopper"))
    expect(comment_by(page, "Grace Hopper")).to_contain_text("Mine.")
    expect(box).to_have_value("Half a thought")
    expect(box).to_be_focused()
    callers["ADMIN"].delete(f"/tickets/{ticket['id']}")
    hurry_to(page.get_by_role("heading", name=f"Ticket {ticket['displayId']} was deleted"))
