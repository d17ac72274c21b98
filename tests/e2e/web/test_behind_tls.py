"""The client as people reach it in production: over https, by a name, through a proxy that ends TLS."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from support.browser import Visits, launched
from support.clients import Callers
from support.factories import Factory
from support.first_day import CHOSEN, CLIENT, FirstDay
from support.screen import change_password, comment_by, expect_path, pick, sign_in, toast
from support.tls_proxy import tls_proxy

HOST = CLIENT.removeprefix("https://")


@pytest.fixture
def secure_visits(browser: Browser, client: None, production: FirstDay, tmp_path: Path) -> Iterator[Visits]:
    with tls_proxy(tmp_path, HOST, production.stack.url) as port:
        to_the_proxy = f"--host-resolver-rules=MAP {HOST}:443 127.0.0.1:{port}"
        other = launched(browser.browser_type, to_the_proxy, "--ignore-certificate-errors")
        visits = Visits(other, CLIENT)
        yield visits
        visits.close()
        other.close()
        assert visits.complaints == []


def test_one_signs_in_works_and_signs_out(
    secure_visits: Visits, production: FirstDay, production_callers: Callers
) -> None:
    ticket = Factory(production_callers).ticket()
    username = production_callers.create_user(role="USER", displayName="Ada Lovelace")["username"]
    page = secure_visits.open(None, "/")
    given = production.reset_password(username)
    sign_in(page, username, given)
    expect_path(page, "/profile")
    first_session = session_of(page)
    change_password(page, given, CHOSEN)
    expect(toast(page, "Password changed.")).to_be_visible()
    assert session_of(page) != first_session

    page.goto(f"/tickets/{ticket['displayId']}")
    page.get_by_role("textbox", name="Comment").fill("Seen over https.")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(comment_by(page, "Ada Lovelace")).to_contain_text("Seen over https.")

    pick(page, "Account of", "Sign out")
    expect_path(page, "/login")
    assert page.context.cookies() == []
    page.goto("/")
    expect(page).to_have_url(re.compile("/login"))


def session_of(page: Page) -> str:
    """What the one cookie holds: bound to the host, sent over TLS alone, and in no script's reach."""
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["path"], cookie["domain"]) == ("__Host-session", "/", HOST)
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Strict")
    return cookie["value"]
