"""A page that stayed open while the client was replaced: files it has not fetched yet are gone."""

from playwright.sync_api import Page, expect

from e2e.web.conftest import PageAs
from support.browser import Visits
from support.factories import Factory
from support.screen import dialog, heading, menu, toast


def gone(page: Page, name: str) -> None:
    page.route(f"**/assets/{name}-*.js", lambda route: route.fulfill(status=404, body=""))


def test_a_menu_says_so_and_offers_to_load_the_page_anew(page_as: PageAs, visits: Visits, make: Factory) -> None:
    visits.allow("404")
    ticket = make.ticket()
    page = page_as("AGENT", f"/tickets/{ticket['displayId']}")
    gone(page, "menu-list")
    status = page.get_by_role("button", name="Status: Open")
    status.click()
    told = toast(page, "could not be fetched")
    expect(told).to_be_visible()
    expect(heading(page)).to_have_text(ticket["title"])
    page.unroute_all()
    told.get_by_role("button", name="Reload").click()
    status.click()
    expect(menu(page).first).to_be_visible()


def test_the_page_comes_back_by_retry(page_as: PageAs, visits: Visits, make: Factory) -> None:
    visits.allow("404|dynamically imported module")
    ticket = make.ticket()
    page = page_as("AGENT", f"/tickets/{ticket['displayId']}")
    gone(page, "reroute-dialog")
    page.get_by_role("button", name="Reroute").click()
    expect(page.get_by_role("heading", name="This page could not be loaded")).to_be_visible()
    page.unroute_all()
    page.get_by_role("button", name="Retry").click()
    page.get_by_role("button", name="Reroute").click()
    expect(dialog(page, f"Reroute {ticket['displayId']}")).to_be_visible()
