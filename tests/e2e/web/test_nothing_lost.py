"""What was typed is not lost: not by a reload, an expired session, another writer, a double click or a dead server."""

import re
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, Route, expect

from e2e.web.conftest import PageAs
from support.browser import Visits, assert_accessible
from support.clients import Callers
from support.eventually import soon
from support.factories import Factory, unique
from support.screen import (
    comment_by,
    dialog,
    drawn,
    end_session,
    expect_path,
    expect_rows,
    fill_new_ticket,
    heading,
    hurry_to,
    pick,
    row_of,
    sign_in,
    toast,
)


def path_of(ticket: dict[str, Any]) -> str:
    return f"/tickets/{ticket['displayId']}"


def read(callers: Callers, ticket: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = callers["USER"].get(f"/tickets/{ticket['id']}").json()
    return found


def titled(callers: Callers, title: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = callers["USER"].get("/tickets", params={"search": title}).json()
    return found


@pytest.fixture
def unplugged(visits: Visits) -> Visits:
    """The browser writes down what it could not fetch; here that is the point."""
    visits.allow("Failed to load resource: net::ERR_|status of 50|The server cannot be reached")
    return visits


def sent(page: Page, method: str) -> list[Request]:
    requests: list[Request] = []
    page.on("request", lambda request: requests.append(request) if request.method == method else None)
    return requests


def drop(page: Page, address: str, method: str) -> None:
    """Requests of this kind never arrive."""
    page.route(address, lambda route: route.abort() if route.request.method == method else route.fallback())


class TestDrafts:
    def test_of_a_new_ticket_survive_a_reload(self, page_as: PageAs, make: Factory, callers: Callers) -> None:
        title = unique("Half written ")
        page = page_as(callers.new("AGENT"), "/new")
        fill_new_ticket(page, make, title)
        page.get_by_role("radio", name="SEV 1 Critical").check()
        page.reload()
        expect(page.get_by_text("Your unfinished ticket was kept.")).to_be_visible()
        expect(page.get_by_label("Title")).to_have_value(title)
        expect(page.get_by_role("textbox", name="Overview")).to_have_value("What happened.")
        expect(page.get_by_role("radio", name="SEV 1 Critical")).to_be_checked()
        expect(page.get_by_role("combobox", name="Item", exact=True)).to_have_value(make.a_route.item["name"])
        page.get_by_role("button", name="Create ticket").click()
        expect(heading(page)).to_have_text(title)
        page.goto("/new")
        expect(page.get_by_label("Title")).to_have_value("")

    def test_of_a_new_ticket_are_given_up_when_one_says_so(self, page_as: PageAs, callers: Callers) -> None:
        page = page_as(callers.new("AGENT"), "/new")
        page.get_by_label("Title").fill("Never mind")
        page.reload()
        page.get_by_role("button", name="Start afresh").click()
        expect(page.get_by_label("Title")).to_have_value("")
        page.reload()
        expect(page.get_by_label("Title")).to_have_value("")

    def test_of_a_comment_and_an_overview_survive_a_reload(
        self, page_as: PageAs, make: Factory, callers: Callers
    ) -> None:
        ticket = make.ticket()
        page = page_as(callers.new("AGENT"), path_of(ticket))
        page.get_by_role("textbox", name="Comment").fill("Half a thought")
        page.get_by_role("button", name="Edit overview").click()
        page.get_by_role("textbox", name="Overview").fill("Half a rewrite")
        page.reload()
        expect(page.get_by_role("textbox", name="Comment")).to_have_value("Half a thought")
        expect(page.get_by_text("Your draft was kept.")).to_be_visible()
        expect(page.get_by_role("textbox", name="Overview")).to_have_value("Half a rewrite")
        assert read(callers, ticket)["overview"] == ticket["overview"]

    def test_of_a_comment_survive_the_end_of_the_session(
        self, page_as: PageAs, make: Factory, callers: Callers
    ) -> None:
        ticket, somebody = make.ticket(), callers.new("USER", displayName="Ada Lovelace")
        page = page_as(somebody, path_of(ticket))
        page.get_by_role("textbox", name="Comment").fill("Written for an hour")
        end_session(somebody)
        page.get_by_role("button", name="Comment", exact=True).click()
        expect(page.get_by_text("Your session has ended. What you were writing is kept.")).to_be_visible()
        sign_in(page, somebody.user["username"])
        expect_path(page, path_of(ticket))
        expect(page.get_by_role("textbox", name="Comment")).to_have_value("Written for an hour")
        page.get_by_role("button", name="Comment", exact=True).click()
        expect(comment_by(page, "Ada Lovelace")).to_contain_text("Written for an hour")
        assert len(read(callers, ticket)["comments"]) == 1

    def test_of_a_new_ticket_survive_the_end_of_the_session(
        self, page_as: PageAs, make: Factory, callers: Callers
    ) -> None:
        title, somebody = unique("Kept "), callers.new("AGENT")
        page = page_as(somebody, "/new")
        fill_new_ticket(page, make, title)
        end_session(somebody)
        page.get_by_role("button", name="Create ticket").click()
        sign_in(page, somebody.user["username"])
        expect_path(page, "/new")
        expect(page.get_by_label("Title")).to_have_value(title)
        page.get_by_role("button", name="Create ticket").click()
        expect(heading(page)).to_have_text(title)
        assert len(titled(callers, title)) == 1

    def test_are_nobody_elses(self, page_as: PageAs, make: Factory, callers: Callers) -> None:
        ticket, first, second = make.ticket(), callers.new("USER"), callers.new("USER")
        page = page_as(first, path_of(ticket))
        page.get_by_role("textbox", name="Comment").fill("Between me and me")
        end_session(first)
        page.reload()
        sign_in(page, second.user["username"])
        expect_path(page, path_of(ticket))
        expect(page.get_by_role("textbox", name="Comment")).to_have_value("")

    def test_are_asked_about_when_one_signs_out(self, page_as: PageAs, make: Factory, callers: Callers) -> None:
        page = page_as(callers.new("USER", displayName="Ada Lovelace"), path_of(make.ticket()))
        page.get_by_role("textbox", name="Comment").fill("Secret")
        page.get_by_role("button", name="Account of Ada Lovelace User").click()
        page.get_by_role("menuitem", name="Sign out").click()
        question = dialog(page, "Sign out?")
        expect(question).to_contain_text("1 unsent draft")
        question.get_by_role("button", name="Discard and sign out").click()
        expect_path(page, "/login")
        assert "Secret" not in page.evaluate("JSON.stringify(localStorage)")

    def test_of_a_ticket_that_is_deleted_can_be_copied_until_one_discards_them(
        self, page_as: PageAs, make: Factory, callers: Callers
    ) -> None:
        ticket, somebody = make.ticket(), callers.new("AGENT", displayName="Ada Lovelace")
        page = page_as(somebody, path_of(ticket), permissions=["clipboard-read"])
        page.get_by_role("textbox", name="Comment").fill("Half a thought,\nand the other half")
        page.get_by_role("button", name="Edit title").click()
        page.get_by_role("textbox", name="Title").fill("Half a title")
        page.get_by_role("button", name="Edit overview").click()
        page.get_by_role("textbox", name="Overview").fill("Half a rewrite")
        assert callers["ADMIN"].delete(f"/tickets/{ticket['id']}").status_code == 204
        page.get_by_role("button", name="Comment", exact=True).click()
        gone = page.get_by_role("heading", name=f"Ticket {ticket['displayId']}")
        expect(gone).to_have_text(f"Ticket {ticket['displayId']} was deleted")
        kept = page.get_by_role("region", name="What you were writing is kept").get_by_role("article")
        expect(kept).to_contain_text(["Half a title", "Half a rewrite", "Half a thought,\nand the other half"])
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            drawn(page)
            assert_accessible(page)
        # Later as well, when nobody knows any more that it was there.
        page.reload()
        expect(gone).to_have_text(f"Ticket {ticket['displayId']} does not exist")
        expect(kept).to_have_count(3)
        page.get_by_role("button", name="Copy comment").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()
        assert page.evaluate("navigator.clipboard.readText()") == "Half a thought,\nand the other half"
        for what in ("title", "overview", "comment"):
            page.get_by_role("button", name=f"Discard {what}").click()
            expect(heading(page)).to_be_focused()
        expect(kept).to_have_count(0)
        page.get_by_role("button", name="Account of Ada Lovelace Agent").click()
        page.get_by_role("menuitem", name="Sign out").click()
        expect_path(page, "/login")


class TestTwoWriters:
    """Somebody else saved the same field meanwhile."""

    @pytest.fixture
    def clash(self, page_as: PageAs, make: Factory, callers: Callers) -> tuple[Page, dict[str, Any]]:
        ticket = make.ticket(overview="As it was.")
        page = page_as("AGENT", path_of(ticket))
        page.get_by_role("button", name="Edit overview").click()
        page.get_by_role("textbox", name="Overview").fill("As I want it.")
        assert callers["SERVICE"].patch(f"/tickets/{ticket['id']}", {"overview": "As they want it."}).status_code == 200
        page.get_by_role("button", name="Save overview").click()
        both = dialog(page, f"{ticket['displayId']} was changed meanwhile")
        expect(both.get_by_text("As they want it.")).to_be_visible()
        expect(both.get_by_role("textbox", name="Your overview")).to_have_value("As I want it.")
        # Nothing is decided by a slip.
        page.keyboard.press("Escape")
        expect(both).to_be_visible()
        return page, ticket

    def test_theirs_stays(self, clash: tuple[Page, dict[str, Any]], callers: Callers) -> None:
        page, ticket = clash
        page.get_by_role("button", name="Keep theirs").click()
        expect(page.get_by_role("region", name="Overview")).to_contain_text("As they want it.")
        assert read(callers, ticket)["overview"] == "As they want it."

    def test_mine_replaces_it(self, clash: tuple[Page, dict[str, Any]], callers: Callers) -> None:
        page, ticket = clash
        page.get_by_role("textbox", name="Your overview").fill("As we want it.")
        page.get_by_role("button", name="Save mine").click()
        expect(toast(page, "overview saved")).to_be_visible()
        expect(page.get_by_role("region", name="Overview")).to_contain_text("As we want it.")
        assert read(callers, ticket)["overview"] == "As we want it."

    def test_of_one_title(self, page_as: PageAs, make: Factory, callers: Callers) -> None:
        ticket = make.ticket()
        page = page_as("AGENT", path_of(ticket))
        page.get_by_role("button", name="Edit title").click()
        page.get_by_role("textbox", name="Title").fill("My title")
        callers["SERVICE"].patch(f"/tickets/{ticket['id']}", {"title": "Their title"})
        page.get_by_role("button", name="Save", exact=True).click()
        both = dialog(page, f"{ticket['displayId']} was changed meanwhile")
        expect(both).to_contain_text("Their title")
        both.get_by_role("button", name="Save mine").click()
        expect(heading(page)).to_have_text("My title")
        expect(toast(page, "title saved")).to_be_visible()
        assert read(callers, ticket)["title"] == "My title"

    def test_of_different_fields_are_both_saved(self, page_as: PageAs, make: Factory, callers: Callers) -> None:
        ticket = make.ticket()
        page = page_as("AGENT", path_of(ticket))
        page.get_by_role("button", name="Edit title").click()
        page.get_by_role("textbox", name="Title").fill("My title")
        callers["SERVICE"].patch(f"/tickets/{ticket['id']}", {"severity": 1})
        page.get_by_role("button", name="Save", exact=True).click()
        expect(toast(page, "title saved")).to_be_visible()
        after = read(callers, ticket)
        assert (after["title"], after["severity"]) == ("My title", 1)
        expect(page.get_by_role("button", name="Severity: SEV 1 Critical")).to_be_visible()


class TestOnce:
    """One press too many, or an answer that never came, makes nothing twice."""

    def test_a_double_click_makes_one_ticket(self, page_as: PageAs, make: Factory, callers: Callers) -> None:
        title = unique("Only one ")
        page = page_as(callers.new("AGENT"), "/new")
        fill_new_ticket(page, make, title)
        page.get_by_role("button", name="Create ticket").dblclick()
        expect(heading(page)).to_have_text(title)
        assert len(titled(callers, title)) == 1

    def test_a_ticket_whose_answer_was_lost(
        self, page_as: PageAs, make: Factory, callers: Callers, unplugged: Visits
    ) -> None:
        title = unique("Only one ")
        page = page_as(callers.new("AGENT"), "/new")
        fill_new_ticket(page, make, title)

        def lose(route: Route) -> None:
            if route.request.method == "POST":
                route.fetch()  # it arrived
                route.abort()  # and nobody heard
            else:
                route.fallback()

        page.route("**/api/tickets", lose)
        page.get_by_role("button", name="Create ticket").click()
        unknown = "It is not known whether the ticket was created; everything you wrote is kept."
        expect(page.get_by_text(unknown)).to_be_visible()
        expect(page.get_by_label("Title")).to_have_value(title)
        page.unroute("**/api/tickets")
        requests = sent(page, "POST")
        page.get_by_role("button", name="Create ticket").click()
        expect(heading(page)).to_have_text(title)
        assert len(titled(callers, title)) == 1
        assert requests[0].headers["idempotency-key"]

    def test_a_comment_whose_answer_was_lost(
        self, page_as: PageAs, make: Factory, callers: Callers, unplugged: Visits
    ) -> None:
        ticket = make.ticket()
        page = page_as(callers.new("USER"), path_of(ticket))

        def lose(route: Route) -> None:
            route.fetch()
            route.abort()

        page.route("**/comments", lose)
        box = page.get_by_role("textbox", name="Comment")
        box.fill("Said once.")
        box.press("Control+Enter")
        expect(box).to_have_accessible_description(re.compile("It is not known whether your comment.*was sent"))
        page.unroute("**/comments")
        box.press("Control+Enter")
        expect(page.get_by_role("article")).to_have_count(1)
        assert len(read(callers, ticket)["comments"]) == 1


class TestFailedSave:
    @pytest.mark.parametrize("failure", ["no answer", "an error"])
    def test_is_taken_back_told_and_tried_again(
        self, page_as: PageAs, make: Factory, callers: Callers, unplugged: Visits, failure: str
    ) -> None:
        ticket = make.ticket()
        page = page_as("AGENT", path_of(ticket))
        held: list[Route] = []
        address = f"**/api{path_of(ticket)}"
        page.route(address, lambda route: held.append(route) if route.request.method == "PATCH" else route.fallback())
        pick(page, "Severity: SEV 3 Medium", "SEV 1")
        # Shown before it is saved.
        expect(page.get_by_role("button", name="Severity: SEV 1 Critical")).to_be_visible()
        soon(lambda: page.evaluate("true") and held)
        if failure == "no answer":
            held[0].abort()
        else:
            problem = {"title": "Service Unavailable", "status": 503, "detail": "The database rests."}
            held[0].fulfill(status=503, json=problem, content_type="application/problem+json")
        expect(page.get_by_role("button", name="Severity: SEV 3 Medium")).to_be_visible()
        if failure == "no answer":
            message = f"It is not known whether {ticket['displayId']} was changed. The server cannot be reached."
        else:
            message = f"{ticket['displayId']} was not changed. The database rests."
        told = toast(page, message)
        expect(told).to_be_visible()
        expect(page.locator("#announcer-assertive")).to_contain_text(message)
        page.unroute(address)
        told.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("button", name="Severity: SEV 1 Critical")).to_be_visible()
        expect(toast(page, f"{ticket['displayId']}: SEV 1")).to_be_visible()
        assert read(callers, ticket)["severity"] == 1

    def test_from_the_list_is_taken_back_too(
        self, page_as: PageAs, make: Factory, callers: Callers, unplugged: Visits
    ) -> None:
        route = make.route()
        ticket = make.ticket(**route.ids)
        page = page_as("AGENT", f"/?queue={route.category['id']}")
        drop(page, "**/api/tickets/V*", "PATCH")
        expect_rows(page, [ticket])
        page.keyboard.press("j")
        page.keyboard.press("1")
        expect(toast(page, f"It is not known whether {ticket['displayId']} was changed.")).to_be_visible()
        expect(row_of(page, ticket)).to_contain_text("SEV 3")
        assert read(callers, ticket)["severity"] == 3

    def test_of_a_deletion_leaves_the_comment(
        self, page_as: PageAs, make: Factory, callers: Callers, unplugged: Visits
    ) -> None:
        ticket = make.ticket()
        make.comment(ticket)
        page = page_as("AGENT", path_of(ticket))
        drop(page, "**/comments/*", "DELETE")
        page.get_by_role("button", name="Delete comment").click()
        question = dialog(page, "Delete this comment?")
        question.get_by_role("button", name="Delete comment").click()
        expect(question.get_by_role("alert")).to_contain_text("It is not known whether the comment was deleted.")
        page.keyboard.press("Escape")
        expect(page.get_by_role("article")).to_have_count(1)


class TestTabs:
    @staticmethod
    def second(context: BrowserContext, path: str) -> Page:
        page = context.new_page()
        page.goto(path)
        return page

    def test_agree_on_a_ticket(self, page_as: PageAs, make: Factory) -> None:
        ticket = make.ticket()
        one = page_as("AGENT", path_of(ticket))
        other = self.second(one.context, path_of(ticket))
        expect(other.get_by_role("button", name="Status: Open")).to_be_visible()
        pick(one, "Status: Open", "Resolved")
        expect(other.get_by_role("button", name="Status: Resolved")).to_be_visible()
        other.get_by_role("textbox", name="Comment").fill("From the other tab.")
        other.get_by_role("textbox", name="Comment").press("Control+Enter")
        expect(one.get_by_role("article")).to_contain_text("From the other tab.")

    def test_agree_on_people_and_categories(self, page_as: PageAs, make: Factory, callers: Callers) -> None:
        person, category = callers.create_user(role="USER", displayName=unique("Ida ")), make.node("categories")["name"]
        one = page_as("ADMIN", "/admin/cti")
        other = self.second(one.context, "/admin/cti")
        expect(other.get_by_role("button", name=f"Rename {category}")).to_be_visible()
        one.get_by_role("button", name=f"Rename {category}").click()
        one.get_by_label(f"New name of {category}").fill(f"{category} II")
        one.get_by_role("button", name="Save").click()
        expect(other.get_by_role("button", name=f"Rename {category} II")).to_be_visible()

        for page in (one, other):
            page.get_by_role("navigation", name="Main").get_by_role("link", name="Users").click()
        expect(other.get_by_role("button", name=f"Role of {person['displayName']}")).to_contain_text("User")
        pick(one, f"Role of {person['displayName']}", "Agent")
        one.get_by_role("button", name="Change role").click()
        expect(other.get_by_role("button", name=f"Role of {person['displayName']}")).to_contain_text("Agent")

    def test_are_signed_in_together(self, page_as: PageAs, callers: Callers) -> None:
        somebody = callers.create_user()
        one = page_as(None, "/my")
        other = self.second(one.context, "/my?severity=2")
        for page in (one, other):
            expect(page.get_by_label("User name")).to_be_visible()
        sign_in(one, somebody["username"])
        expect_path(one, "/my")
        expect_path(other, "/my?severity=2")
        expect(heading(other)).to_have_text("My tickets")

    def test_are_signed_out_together(self, page_as: PageAs, callers: Callers) -> None:
        one = page_as(callers.new("USER", displayName="Ada Lovelace"), "/")
        other = self.second(one.context, "/my")
        expect(heading(other)).to_have_text("My tickets")
        one.get_by_role("button", name="Account of Ada Lovelace User").click()
        one.get_by_role("menuitem", name="Sign out").click()
        expect_path(one, "/login")
        expect(other).to_have_url(re.compile(r"/login\?redirect=%2Fmy"))

    def test_share_a_draft(self, page_as: PageAs, make: Factory, callers: Callers) -> None:
        ticket = make.ticket()
        one = page_as(callers.new("USER"), path_of(ticket))
        other = self.second(one.context, path_of(ticket))
        expect(other.get_by_role("textbox", name="Comment")).to_be_visible()
        one.get_by_role("textbox", name="Comment").fill("Continued elsewhere")
        expect(other.get_by_role("textbox", name="Comment")).to_have_value("Continued elsewhere")

    @pytest.mark.long
    def test_write_two_new_tickets_beside_each_other(self, page_as: PageAs, callers: Callers) -> None:
        one = page_as(callers.new("AGENT"), "/new")
        one.get_by_label("Title").fill("The first")
        other = self.second(one.context, "/new")
        expect(other.get_by_label("Title")).to_have_value("")
        other.get_by_label("Title").fill("The second")
        expect(one.get_by_label("Title")).to_have_value("The first")
        for page, title in ((other, "The second"), (one, "The first")):
            page.reload()
            expect(page.get_by_label("Title")).to_have_value(title)
        # What a closed tab left is continued by the next that begins one.
        one.close()
        third = self.second(other.context, "/new")
        expect(third.get_by_label("Title")).to_have_value("The first")
        expect(other.get_by_label("Title")).to_have_value("The second")
        # And so is what a tab left by going elsewhere.
        other.get_by_role("link", name="All tickets").click()
        expect(heading(other)).to_have_text("All tickets")
        fourth = self.second(other.context, "/new")
        expect(fourth.get_by_label("Title")).to_have_value("The second")


class TestDeadServer:
    OUT_OF_REACH = "The server cannot be reached, and is tried again every few seconds."

    @staticmethod
    def before_the_first_load(page_as: PageAs, role: str) -> Page:
        """The clock of what it is led to is the test's: the client asks twice more before it gives up."""
        page = page_as(role, "/login")
        page.clock.install()
        return page

    def cut_off_before_a_list(self, page_as: PageAs, make: Factory) -> tuple[Page, dict[str, Any]]:
        """A page whose list is this one ticket, and which is offline now."""
        ticket = make.ticket()
        page = self.before_the_first_load(page_as, "AGENT")
        page.goto(f"/?q={ticket['displayId']}")
        expect_rows(page, [ticket])
        page.context.set_offline(True)
        return page, ticket

    def test_is_told_in_place_and_asked_again(self, page_as: PageAs, make: Factory, unplugged: Visits) -> None:
        route = make.route()
        ticket = make.ticket(severity=2, **route.ids)
        page = self.before_the_first_load(page_as, "AGENT")
        page.route("**/api/tickets?**", lambda held: held.abort())
        where = f"/?severity=2&queue={route.category['id']}"
        page.goto(where)
        problem = page.get_by_role("main").get_by_role("alert")
        hurry_to(problem)
        expect(problem).to_contain_text("The tickets could not be loaded")
        expect(problem).to_contain_text("The server cannot be reached.")
        expect_path(page, where)
        expect(page.get_by_role("button", name="Remove filter SEV 2")).to_be_visible()
        page.unroute("**/api/tickets?**")
        problem.get_by_role("button", name="Retry").click()
        expect_rows(page, [ticket])
        expect(problem).to_have_count(0)
        expect(heading(page)).to_be_focused()

    @pytest.mark.parametrize(("path", "asked"), [("/admin/users", "users"), ("/admin/cti", "cti/types")])
    def test_is_told_on_a_page_for_admins_whose_heading_has_the_focus_then(
        self, page_as: PageAs, unplugged: Visits, path: str, asked: str
    ) -> None:
        page = self.before_the_first_load(page_as, "ADMIN")
        page.route(f"**/api/{asked}", lambda held: held.abort())
        page.goto(path)
        retry = page.get_by_role("alert").get_by_role("button", name="Retry")
        hurry_to(retry)
        retry.focus()
        page.unroute(f"**/api/{asked}")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name=re.compile("^Edit|^Rename")).first).to_be_visible()
        expect(heading(page)).to_be_focused()

    def test_leaves_what_was_shown_and_says_that_it_may_be_old(
        self, page_as: PageAs, make: Factory, unplugged: Visits
    ) -> None:
        page, ticket = self.cut_off_before_a_list(page_as, make)
        page.evaluate("new BroadcastChannel('tickets').postMessage({ kind: 'changed' })")
        hurry_to(page.get_by_role("alert").filter(has_text="This list may be out of date"))
        expect_rows(page, [ticket])
        page.context.set_offline(False)
        page.get_by_role("button", name="Retry").first.click()
        expect(page.get_by_role("alert").filter(has_text="This list may be out of date")).to_have_count(0)

    def test_42_out_of_reach_is_told_until_it_is_back(
        self, page_as: PageAs, make: Factory, callers: Callers, unplugged: Visits
    ) -> None:
        page, ticket = self.cut_off_before_a_list(page_as, make)
        expect(toast(page, self.OUT_OF_REACH)).to_be_visible()
        ticket = callers["ADMIN"].patch(f"/tickets/{ticket['id']}", {"title": unique("Meanwhile")}).json()
        page.context.set_offline(False)
        hurry_to(toast(page, "Connected again."))
        expect(toast(page, self.OUT_OF_REACH)).to_have_count(0)
        expect_rows(page, [ticket])

    def test_42_silence_is_told_as_well(self, page_as: PageAs, unplugged: Visits) -> None:
        page = self.before_the_first_load(page_as, "AGENT")
        page.route("**/api/tickets?**", lambda _held: None)
        page.route("**/favicon.svg", lambda held: held.abort() if held.request.method == "HEAD" else held.continue_())
        page.goto("/")
        expect(heading(page)).to_have_text("All tickets")
        hurry_to(toast(page, self.OUT_OF_REACH))

    def test_42_one_service_out_of_reach_is_told_in_its_place_alone(self, page_as: PageAs, unplugged: Visits) -> None:
        page = self.before_the_first_load(page_as, "AGENT")
        page.route("**/api/tickets?**", lambda held: held.fulfill(status=503, json={"title": "Service Unavailable"}))
        with page.expect_response(lambda response: response.request.method == "HEAD") as asked:
            page.goto("/")
        assert asked.value.ok
        hurry_to(page.get_by_role("main").get_by_role("alert"))
        expect(toast(page, self.OUT_OF_REACH)).to_have_count(0)

    def test_of_one_ticket_is_told_on_its_page(self, page_as: PageAs, make: Factory, unplugged: Visits) -> None:
        ticket = make.ticket()
        page = self.before_the_first_load(page_as, "USER")
        address = f"**/api{path_of(ticket)}"
        problem = {"title": "Service Unavailable", "status": 503, "detail": "Tickets are being moved."}
        page.route(address, lambda held: held.fulfill(status=503, json=problem))
        page.goto(path_of(ticket))
        alert = page.get_by_role("main").get_by_role("alert")
        hurry_to(alert)
        expect(alert).to_contain_text("Tickets are being moved.")
        expect(heading(page)).to_have_text(ticket["displayId"])  # 34
        page.unroute(address)
        alert.get_by_role("button", name="Retry").click()
        expect(heading(page)).to_have_text(ticket["title"])

    def test_at_the_start_is_no_blank_page(self, page_as: PageAs, unplugged: Visits) -> None:
        page = self.before_the_first_load(page_as, "USER")
        page.route("**/api/auth/me", lambda held: held.abort())
        page.goto("/my")
        hurry_to(page.get_by_role("heading", name="This page could not be loaded"))
        expect(page).to_have_title("Something went wrong · Tickets")
        page.unroute("**/api/auth/me")
        page.get_by_role("button", name="Retry").click()
        expect(heading(page)).to_have_text("My tickets")


class TestEndedSession:
    def test_leads_to_the_login_and_back_to_the_same_address(
        self, page_as: PageAs, make: Factory, callers: Callers
    ) -> None:
        route, somebody = make.route(), callers.new("AGENT")
        ticket = make.ticket(severity=2, **route.ids)
        where = f"/?severity=2&queue={route.category['id']}"
        page = page_as(somebody, where)
        expect_rows(page, [ticket])
        end_session(somebody)
        page.get_by_role("button", name="Remove filter SEV 2").click()
        expect(page).to_have_url(re.compile("/login"))
        sign_in(page, somebody.user["username"])
        expect_path(page, f"/?queue={route.category['id']}")
        expect_rows(page, [ticket])

    def test_shows_the_next_person_nothing_of_the_last(self, page_as: PageAs, callers: Callers) -> None:
        boss, somebody = callers.new("ADMIN"), callers.new("USER")
        page = page_as(boss, "/admin/users")
        expect(page.get_by_role("table", name="Users")).to_be_visible()
        end_session(boss)
        page.reload()
        sign_in(page, somebody.user["username"])
        expect(heading(page)).to_have_text("Not allowed")
        expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Users")).to_have_count(0)


@pytest.mark.parametrize("who", ["USER", "ADMIN"])
def test_an_address_without_a_page_says_so(page_as: PageAs, who: str) -> None:
    page = page_as(who, "/no/such/page")
    expect(page.get_by_role("heading", name="This page does not exist")).to_be_visible()
    page.get_by_role("link", name="Go to all tickets").click()
    expect(heading(page)).to_have_text("All tickets")


def test_a_ticket_that_never_was_says_so(page_as: PageAs) -> None:
    page = page_as("USER", "/tickets/V000000000")
    expect(page.get_by_role("heading", name="Ticket V000000000 does not exist")).to_be_visible()


def test_a_skeleton_holds_the_place_of_what_is_on_its_way(page_as: PageAs, make: Factory) -> None:
    ticket = make.ticket()
    page = page_as("USER", "/profile")
    held: list[Route] = []
    page.route("**/api/tickets?**limit=100**", lambda route: held.append(route))
    page.goto(f"/?q={ticket['displayId']}")
    expect(page.get_by_role("status", name="Loading tickets")).to_be_visible()
    for route in held:
        route.continue_()
    page.unroute("**/api/tickets?**limit=100**")
    expect_rows(page, [ticket])
    expect(page.get_by_role("status", name="Loading tickets")).to_have_count(0)
