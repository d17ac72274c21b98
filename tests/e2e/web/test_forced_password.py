"""The seeded password: nothing opens until it is changed, and then everything does, without signing in again."""

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.web.conftest import PageAs
from support.clients import PASSWORD, Callers
from support.factories import Factory
from support.screen import change_password, end_session, expect_path, heading, toast

NEW = "another-long-secret-7"


@pytest.fixture
def forced(page_as: PageAs, callers: Callers, make: Factory) -> Page:
    """What a production says of its first admin, this stack says of nobody: here in its place, until the change."""
    make.ticket()
    page = page_as(callers.new("USER"), "/login")
    changed: list[Route] = []

    def refuse(route: Route) -> None:
        if changed:
            return route.fallback()
        if "/api/auth/password" in route.request.url:
            changed.append(route)
            return route.fallback()
        if "/api/auth/me" in route.request.url:
            return route.fulfill(json=route.fetch().json() | {"mustChangePassword": True})
        problem = {"code": "password_change_required", "title": "Forbidden", "detail": "Change your password first."}
        return route.fulfill(status=403, json=problem, content_type="application/problem+json")

    page.route("**/api/**", refuse)
    page.goto("/")
    return page


def test_leads_to_the_profile_and_opens_the_rest_once_it_is_changed(forced: Page) -> None:
    expect_path(forced, "/profile")
    expect(forced.get_by_text("Changing it ends your sessions")).to_be_visible()
    change_password(forced, PASSWORD, NEW)
    expect(toast(forced, "Password changed.")).to_be_visible()
    forced.get_by_role("link", name="All tickets").click()
    expect(heading(forced)).to_have_text("All tickets")
    expect(forced.locator("tr[data-ticket]").first).to_be_visible()


def test_is_changed_by_one_request(page_as: PageAs, callers: Callers) -> None:
    page = page_as(callers.new("USER"), "/profile")
    expect(heading(page)).to_have_text("Profile")
    posted: list[str] = []
    page.on("request", lambda request: posted.append(request.url) if request.method == "POST" else None)
    change_password(page, PASSWORD, NEW)
    expect(toast(page, "Password changed.")).to_be_visible()
    assert [url.partition("/api")[2] for url in posted] == ["/auth/password"]


def test_of_a_session_that_has_ended_is_no_wrong_password(page_as: PageAs, callers: Callers) -> None:
    somebody = callers.new("USER")
    page = page_as(somebody, "/profile")
    expect(heading(page)).to_have_text("Profile")
    end_session(somebody)
    change_password(page, PASSWORD, NEW)
    expect(heading(page)).to_have_text("Sign in to Tickets")
