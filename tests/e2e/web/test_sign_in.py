"""R63: who gets in, who does not, and how one leaves."""

import re

import pytest
from playwright.sync_api import Response, expect

from e2e.web.conftest import PageAs
from support.clients import PASSWORD, Callers
from support.eventually import soon
from support.screen import change_password, expect_path, heading, sign_in, toast


@pytest.mark.parametrize(("role", "word"), [("ADMIN", "Admin"), ("AGENT", "Agent"), ("USER", "User")])
def test_r63_one_signs_in_and_out_again(page_as: PageAs, callers: Callers, role: str, word: str) -> None:
    somebody = callers.create_user(role=role, displayName="Ada Lovelace")
    page = page_as(None, "/login")
    sign_in(page, somebody["username"])
    expect(heading(page)).to_have_text("All tickets")
    session = {cookie["name"]: cookie for cookie in page.context.cookies()}["session"]
    assert session["httpOnly"]
    assert session["sameSite"] == "Strict"

    page.get_by_role("button", name=f"Account of Ada Lovelace {word}").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect_path(page, "/login")
    assert page.context.cookies() == []
    page.goto("/my")
    expect_path(page, "/login?redirect=%2Fmy")
    assert callers.anonymous().get("/auth/me", headers={"Cookie": f"session={session['value']}"}).status_code == 401


@pytest.mark.parametrize("known", [True, False])
def test_r63_a_wrong_password_and_an_unknown_name_are_told_alike(
    page_as: PageAs, callers: Callers, known: bool
) -> None:
    username = callers.create_user()["username"] if known else "nobody-of-this-name"
    page = page_as(None, "/login")
    sign_in(page, username, "not-the-password-1")
    expect(page.get_by_role("alert")).to_have_text("The user name or the password is wrong.")
    box = page.get_by_label("Password", exact=True)
    expect(box).to_be_focused()
    expect(box).to_have_accessible_description("The user name or the password is wrong.")
    expect(page.get_by_label("Password", exact=True)).to_be_focused()
    expect_path(page, "/login")
    assert page.context.cookies() == []


def test_r63_after_a_refusal_the_right_password_gets_in(page_as: PageAs, callers: Callers) -> None:
    somebody = callers.create_user()
    page = page_as(None, "/login")
    sign_in(page, somebody["username"], "not-the-password-1")
    expect(page.get_by_role("alert")).not_to_be_empty()
    sign_in(page, somebody["username"], PASSWORD)
    expect(heading(page)).to_have_text("All tickets")


def test_r63_after_failures_one_waits_as_long_as_told(page_as: PageAs, callers: Callers) -> None:
    username = callers.create_user()["username"]
    page = page_as(None, "/login")
    statuses = []

    def attempt(password: str) -> Response:
        with page.expect_response("**/api/auth/login") as answer:
            sign_in(page, username, password)
        statuses.append(answer.value.status)
        return answer.value

    def refused() -> Response | None:
        answer = attempt("not-the-password-1")
        return answer if answer.status == 429 else None

    # The waits double: however slow the machine, one of the attempts comes too early.
    told = in_words(soon(refused, within=30))
    assert statuses[:3] == [401, 401, 401]
    expect(page.get_by_role("alert")).to_have_text(f"Too many failed logins for this user name. {told}")
    soon(lambda: attempt(PASSWORD).status == 200, within=30)
    expect(heading(page)).to_have_text("All tickets")


def in_words(refusal: Response) -> str:
    seconds = int(refusal.headers["retry-after"])
    return f"Try again in {seconds} second{'' if seconds == 1 else 's'}."


def test_signing_in_leads_to_where_one_was_going(page_as: PageAs, callers: Callers) -> None:
    somebody = callers.create_user()
    page = page_as(None, "/my?severity=1")
    expect(page).to_have_url(re.compile("/login"))
    sign_in(page, somebody["username"])
    expect_path(page, "/my?severity=1")


@pytest.mark.parametrize("elsewhere", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
def test_signing_in_leads_to_no_other_site(page_as: PageAs, callers: Callers, elsewhere: str) -> None:
    somebody = callers.create_user()
    page = page_as(None, f"/login?redirect={elsewhere}")
    sign_in(page, somebody["username"])
    expect_path(page, "/")


def test_nothing_of_a_session_is_in_reach_of_scripts(page_as: PageAs, callers: Callers) -> None:
    page = page_as(None, "/")
    sign_in(page, callers.create_user()["username"])
    expect(heading(page)).to_have_text("All tickets")
    assert page.evaluate("document.cookie") == ""
    stored = page.evaluate("JSON.stringify({...localStorage, ...sessionStorage})")
    assert "eyJ" not in stored
    assert "token" not in stored.lower()


class TestOnesOwnPassword:
    def test_is_changed_and_ends_other_sessions(self, page_as: PageAs, callers: Callers) -> None:
        somebody = callers.new("USER")
        page = page_as(somebody, "/profile")
        change_password(page, PASSWORD, "another-long-secret-7")
        expect(toast(page, "Password changed. Other sessions of yours have ended.")).to_be_visible()
        assert somebody.get("/auth/me").status_code == 401
        page.reload()
        expect(heading(page)).to_have_text("Profile")

    def test_is_refused_beside_the_field_that_is_wrong(self, page_as: PageAs, callers: Callers) -> None:
        page = page_as(callers.new("USER"), "/profile")
        page.get_by_label("Current password").fill("not-the-password-1")
        page.get_by_label("New password", exact=True).fill("short")
        page.get_by_label("New password again").fill("different")
        page.get_by_role("button", name="Change password").click()
        new = page.get_by_label("New password", exact=True)
        expect(new).to_be_focused()
        expect(new).to_have_accessible_description(re.compile("A password has at least 12 characters."))
        expect(page.get_by_label("New password again")).to_have_accessible_description("The two do not agree.")

        for label in ("New password", "New password again"):
            page.get_by_label(label, exact=True).fill("another-long-secret-7")
        page.get_by_role("button", name="Change password").click()
        current = page.get_by_label("Current password")
        expect(current).to_have_accessible_description("This is not your current password.")
        expect(current).to_be_focused()

    @pytest.mark.long
    def test_is_not_guessed_any_faster_than_at_the_door(self, page_as: PageAs, callers: Callers) -> None:
        page = page_as(callers.new("USER"), "/profile")

        def refused() -> Response | None:
            with page.expect_response("**/api/auth/password") as answer:
                change_password(page, "not-the-password-1", "another-long-secret-7")
            return answer.value if answer.value.status == 429 else None

        told = in_words(soon(refused, within=30))
        expect(page.get_by_label("Current password")).to_have_accessible_description(
            f"The password was not changed. Too many failed logins for this user name. {told}"
        )
