"""A page that stayed open while the client was replaced: files it has not fetched yet are gone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from e2e.web.conftest import PageAs
from support.browser import Visits
from support.factories import Factory
from support.screen import dialog, heading, menu, pick, toast
from support.variants import variants


def gone(page: Page, name: str) -> None:
    page.route(re.compile(rf"/assets/{name}-[^/]+\.js$"), lambda route: route.fulfill(status=404, body=""))


def press(name: str) -> Callable[[Page], object]:
    return lambda page: page.get_by_role("button", name=name).click()


# The file it is in, and how it opens.
OPENED: dict[str, tuple[str, Callable[[Page], object]]] = {
    "menu": ("menu-list", press("Status: Open")),
    "palette": ("palette", lambda page: page.keyboard.press("Control+k")),
    "deletion": ("delete-ticket-dialog", lambda page: pick(page, "More actions", "Delete ticket")),
    "reroute": ("reroute-dialog", press("Reroute")),
    "assignee": ("assignee-box", press("Assignee: Unassigned")),
}


@pytest.mark.parametrize("what", variants(OPENED, each_time={"palette", "reroute"}))
def test_what_opens_says_so_over_an_unharmed_page(page_as: PageAs, visits: Visits, make: Factory, what: str) -> None:
    visits.allow("404")
    ticket = make.ticket()
    page = page_as("ADMIN", f"/tickets/{ticket['displayId']}")
    expect(heading(page)).to_have_text(ticket["title"])
    file, opens = OPENED[what]
    gone(page, file)
    opens(page)
    told = toast(page, "could not be fetched")
    expect(told).to_be_visible()
    expect(told).to_have_count(1)
    expect(heading(page)).to_have_text(ticket["title"])
    expect(dialog(page, "Loading")).to_have_count(0)
    # The page still hears its keys, as nothing lies over it.
    page.keyboard.press("2")
    expect(page.get_by_role("button", name="Severity: SEV 2 High")).to_be_visible()
    page.unroute_all()
    told.get_by_role("button", name="Reload").click()
    expect(heading(page)).to_have_text(ticket["title"])
    opens(page)
    expect(menu(page).or_(page.locator("[role=dialog], [role=alertdialog], [role=listbox]")).first).to_be_visible()


def test_a_part_of_the_page_fails_with_it_and_comes_back_by_retry(
    page_as: PageAs, visits: Visits, make: Factory
) -> None:
    visits.allow("404|dynamically imported module")
    ticket = make.ticket()
    page = page_as("AGENT", "/profile")
    expect(heading(page)).to_be_visible()
    gone(page, "markdown(?!-editor)")
    page.goto(f"/tickets/{ticket['displayId']}")
    expect(page.get_by_role("heading", name="This page could not be loaded")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Retry").click()
    expect(heading(page)).to_have_text(ticket["title"])
    expect(page.get_by_role("region", name="Overview")).to_contain_text("Something broke.")
