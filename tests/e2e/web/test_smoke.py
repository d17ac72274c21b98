"""The shortest way through the client: sign in, find a ticket, read it."""

import re

from playwright.sync_api import expect

from e2e.web.conftest import PageAs
from support.browser import assert_accessible
from support.clients import PASSWORD, Callers
from support.factories import Factory


def test_r63_one_signs_in_and_finds_a_ticket(page_as: PageAs, callers: Callers, make: Factory) -> None:
    ticket = make.ticket(severity=1)
    page = page_as(None, "/")
    expect(page).to_have_url(re.compile("/login"))
    assert_accessible(page)
    page.get_by_label("User name").fill(callers["AGENT"].user["username"])
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_text(ticket["title"]).first.click()
    expect(page).to_have_url(re.compile(f"/tickets/{ticket['displayId']}$"))
    expect(page.get_by_role("heading", name=ticket["title"])).to_be_visible()


def test_r64_the_dashboard_shows_what_the_api_made(page_as: PageAs, make: Factory) -> None:
    ticket = make.ticket(severity=1)
    page = page_as("USER")
    expect(page.get_by_text(ticket["title"]).first).to_be_visible()
