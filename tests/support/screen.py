"""What people do on the pages and what they see there, in their own words."""

import re
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import Locator, Page, expect

from support.clients import PASSWORD, Caller
from support.eventually import soon
from support.factories import Factory

# The machine that runs the tests runs a whole stack beside them.
expect.set_options(timeout=15_000)


def sign_in(page: Page, username: str, password: str = PASSWORD) -> None:
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def change_password(page: Page, current: str, new: str) -> None:
    page.get_by_label("Current password").fill(current)
    page.get_by_label("New password", exact=True).fill(new)
    page.get_by_label("New password again").fill(new)
    page.get_by_role("button", name="Change password").click()


def end_session(someone: Caller) -> None:
    """As if it had expired: its token is worth nothing any more anywhere, and no page has been told."""
    assert someone.post("/auth/logout").status_code == 204
    for of_each_service in ("/users", "/cti/categories", "/tickets/V000000000", "/tickets/V000000000/audit"):
        soon(lambda path=of_each_service: someone.get(path).status_code == 401)  # type: ignore[misc]


def rows(page: Page) -> Locator:
    return page.locator("tr[data-ticket]")


def row_of(page: Page, ticket: dict[str, Any]) -> Locator:
    return page.locator(f"tr[data-ticket={ticket['displayId']}]")


def expect_rows(page: Page, tickets: Sequence[dict[str, Any]], *, order: bool = False) -> None:
    """Exactly these tickets are listed; in this order, where `order` matters."""
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    if order:
        expect(rows(page).locator("[data-row-link]")).to_have_text([ticket["title"] for ticket in tickets])
        return
    expect(rows(page)).to_have_count(len(tickets))
    for ticket in tickets:
        expect(row_of(page, ticket)).to_have_count(1)


def drawn(page: Page) -> None:
    """Until what the page was told last is laid out and painted."""
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def in_view(box: Locator) -> Locator:
    """`box` where nothing scrolls any more when it is used: that would close the list which has just opened."""
    box.scroll_into_view_if_needed()
    drawn(box.page)
    return box


def choose(scope: Page | Locator, label: str, text: str) -> None:
    """Type into a combobox and take what it offers. The list opens outside `scope`."""
    box = in_view(scope.get_by_role("combobox", name=label, exact=True))
    box.fill(text)
    box.page.get_by_role("option", name=text).first.click()


def fill_new_ticket(page: Page, make: Factory, title: str) -> None:
    page.get_by_label("Title").fill(title)
    page.get_by_role("textbox", name="Overview").fill("What happened.")
    choose(page, "Find by path", make.a_route.path)
    expect(page.get_by_role("combobox", name="Item", exact=True)).to_have_value(make.a_route.item["name"])


def pick(page: Page, button: str, choice: str) -> None:
    """One choice of a menu that closes with it."""
    page.get_by_role("button", name=button).click()
    menu(page).filter(has_text=choice).first.click()


def menu(page: Page) -> Locator:
    """What an open menu offers."""
    return page.locator("[role=menuitem], [role=menuitemradio], [role=menuitemcheckbox]")


def toast(page: Page, text: str | re.Pattern[str]) -> Locator:
    return page.locator("[data-toast]").filter(has_text=text)


def hurry_to(seen: Locator) -> None:
    """The pauses before the client asks again go by quickly: on the page's clock, the test's from the first load on."""

    def come() -> bool:
        seen.page.clock.fast_forward(500)
        return seen.is_visible()

    soon(come)


def dialog(page: Page, title: str) -> Locator:
    return page.get_by_role("dialog", name=title).or_(page.get_by_role("alertdialog", name=title))


def comment_by(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=f"Comment by {name}")


def heading(page: Page) -> Locator:
    """Of the page itself, not of what stands there while it loads."""
    return page.get_by_role("heading", level=1).and_(page.locator(":not([role=status] *)"))


def expect_path(page: Page, path: str) -> None:
    """Where the browser is, without what stands before the path."""
    expect(page).to_have_url(re.compile(f"^https?://[^/]+{re.escape(path)}$"))
