"""The client as people reach it in production: over https, by a name, through a proxy that ends TLS."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from support.browser import Visits, launched
from support.first_day import CHOSEN, CLIENT, FirstDay
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


def test_one_signs_in_works_and_signs_out(secure_visits: Visits) -> None:
    page = secure_visits.open(None, "/")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password", exact=True).fill(CHOSEN)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{CLIENT}/")
    cookie = next(cookie for cookie in page.context.cookies() if "session" in cookie["name"])
    assert (cookie["name"], cookie["path"]) == ("__Host-session", "/")
    assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Strict")

    # A change by the cookie alone: the page's origin is the one that the server was told.
    with page.expect_response(re.compile("/api/auth/logout")) as answer:
        page.evaluate("fetch('/api/auth/logout', { method: 'POST' })")
    assert answer.value.status == 204
    page.goto("/")
    expect(page).to_have_url(re.compile("/login"))
