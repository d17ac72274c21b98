"""How the client writes: a draft goes only when it is saved, nothing is sent twice, nobody is written over unasked."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from e2e.web.conftest import PageAs
from support.browser import Visits
from support.clients import Callers
from support.eventually import soon
from support.factories import Factory, unique
from support.screen import dialog, expect_path, expect_rows, fill_new_ticket, heading, hurry_to, pick, row_of, toast
from support.variants import variants


def path_of(ticket: dict[str, Any]) -> str:
    return f"/tickets/{ticket['displayId']}"


def read(callers: Callers, ticket: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = callers["USER"].get(f"/tickets/{ticket['id']}").json()
    return found


def hold(page: Page, address: str, method: str) -> list[Route]:
    """Requests of this kind wait here for what becomes of them."""
    held: list[Route] = []
    page.route(address, lambda route: held.append(route) if route.request.method == method else route.fallback())
    return held


def arrived(page: Page, held: list[Route], number: int = 1) -> Route:
    return soon(lambda: held[number - 1] if page.evaluate("true") and len(held) >= number else None)


def lose(page: Page, address: str, method: str) -> None:
    """Requests of this kind are carried out, and nobody hears of it."""

    def answer(route: Route) -> None:
        if route.request.method != method:
            return route.fallback()
        route.fetch()
        return route.abort()

    page.route(address, answer)


def refuse(route: Route, status: int = 503) -> None:
    problem = {"title": "Not now", "status": status, "detail": "The database rests."}
    route.fulfill(status=status, json=problem, content_type="application/problem+json")


def leave(page: Page) -> None:
    page.get_by_role("navigation", name="Main").get_by_role("link", name="My tickets").click()
    expect(heading(page)).to_have_text("My tickets")


def come_back(page: Page, path: str) -> None:
    page.go_back()
    expect_path(page, path)


@pytest.fixture
def failing(visits: Visits) -> Visits:
    """The browser writes down what it could not fetch; here that is the point."""
    visits.allow("Failed to load resource: net::ERR_|status of 50")
    return visits


class Text:
    """The title or the overview, as one edits it."""

    def __init__(self, field: str) -> None:
        self.field = field
        self.label = field.capitalize()
        self.save_label = "Save" if field == "title" else "Save overview"

    def opener(self, page: Page) -> Locator:
        return page.get_by_role("button", name=f"Edit {self.field}")

    def box(self, page: Page) -> Locator:
        return page.get_by_role("textbox", name=self.label, exact=True)

    def write(self, page: Page, text: str) -> None:
        self.opener(page).click()
        self.box(page).fill(text)

    def save(self, page: Page) -> None:
        page.get_by_role("button", name=self.save_label, exact=True).click()


@pytest.fixture(params=["title", "overview"])
def text(request: pytest.FixtureRequest) -> Text:
    return Text(request.param)


# They have all but their boxes in common; where the boxes are not what it is about, one of them stands for both.
ONE_STANDS_FOR_BOTH = pytest.mark.parametrize(
    "text", variants(["title", "overview"], each_time={"title"}), indirect=True
)


class TestTexts:
    """What is written over a title or an overview."""

    def test_survives_a_reload_with_what_it_began_from(
        self, page_as: PageAs, make: Factory, callers: Callers, text: Text
    ) -> None:
        ticket = make.ticket()
        page = page_as(callers.new("AGENT"), path_of(ticket))
        text.write(page, "Half a thought")
        callers["SERVICE"].patch(f"/tickets/{ticket['id']}", {text.field: "Theirs"})
        page.reload()
        expect(text.box(page)).to_have_value("Half a thought")
        text.save(page)
        both = dialog(page, f"{ticket['displayId']} was changed meanwhile")
        expect(both).to_contain_text("Theirs")
        expect(both.get_by_role("textbox", name=f"Your {text.field}")).to_have_value("Half a thought")

    @ONE_STANDS_FOR_BOTH
    def test_stays_where_it_is_when_it_cannot_be_saved(
        self, page_as: PageAs, make: Factory, callers: Callers, failing: Visits, text: Text
    ) -> None:
        ticket = make.ticket()
        page = page_as(callers.new("AGENT"), path_of(ticket))
        address = f"**/api{path_of(ticket)}"
        page.route(address, lambda route: refuse(route) if route.request.method == "PATCH" else route.fallback())
        text.write(page, "Mine")
        text.save(page)
        expect(text.box(page)).to_have_accessible_description(re.compile("was not saved.*The database rests."))
        expect(text.box(page)).to_have_value("Mine")
        expect(page.locator("#announcer-assertive")).to_contain_text("was not saved")
        page.reload()
        expect(text.box(page)).to_have_value("Mine")
        page.unroute(address)
        text.save(page)
        expect(toast(page, f"{text.field} saved")).to_be_visible()
        expect(text.opener(page)).to_be_focused()
        assert read(callers, ticket)[text.field] == "Mine"
        page.reload()
        expect(text.opener(page)).to_be_visible()

    @ONE_STANDS_FOR_BOTH
    def test_is_finished_although_one_has_left(
        self, page_as: PageAs, make: Factory, callers: Callers, text: Text
    ) -> None:
        ticket = make.ticket()
        page = page_as(callers.new("AGENT"), path_of(ticket))
        held = hold(page, f"**/api{path_of(ticket)}", "PATCH")
        text.write(page, "Mine")
        text.save(page)
        waiting = arrived(page, held)
        leave(page)
        waiting.continue_()
        expect(toast(page, f"{text.field} saved")).to_be_visible()
        come_back(page, path_of(ticket))
        expect(text.opener(page)).to_be_visible()

    @ONE_STANDS_FOR_BOTH
    def test_that_fails_behind_ones_back_is_told_and_kept(
        self, page_as: PageAs, make: Factory, callers: Callers, failing: Visits, text: Text
    ) -> None:
        ticket = make.ticket()
        page = page_as(callers.new("AGENT"), path_of(ticket))
        held = hold(page, f"**/api{path_of(ticket)}", "PATCH")
        text.write(page, "Mine")
        text.save(page)
        waiting = arrived(page, held)
        leave(page)
        refuse(waiting)
        expect(toast(page, re.compile(f"{text.field} of {ticket['displayId']} was not saved"))).to_be_visible()
        come_back(page, path_of(ticket))
        expect(text.box(page)).to_have_value("Mine")

    @ONE_STANDS_FOR_BOTH
    def test_is_no_draft_before_a_word_of_it_is_written(self, page_as: PageAs, make: Factory, text: Text) -> None:
        ticket = make.ticket()
        page = page_as("AGENT", path_of(ticket))
        text.opener(page).click()
        expect(text.box(page)).to_have_value(ticket[text.field])
        drafts = "Object.keys(localStorage).filter(key => key.startsWith('draft/'))"
        assert page.evaluate(drafts) == []
        text.box(page).fill("A word")
        assert len(page.evaluate(drafts)) == 1
        text.box(page).fill(ticket[text.field])
        assert page.evaluate(drafts) == []
        expect(text.box(page)).to_be_visible()

    @ONE_STANDS_FOR_BOTH
    def test_that_was_chosen_over_theirs_is_kept_until_it_is_saved(
        self, page_as: PageAs, make: Factory, callers: Callers, failing: Visits, text: Text
    ) -> None:
        ticket = make.ticket()
        page = page_as(callers.new("AGENT"), path_of(ticket))
        text.write(page, "Mine")
        callers["SERVICE"].patch(f"/tickets/{ticket['id']}", {text.field: "Theirs"})
        text.save(page)
        both = dialog(page, f"{ticket['displayId']} was changed meanwhile")
        both.get_by_role("textbox", name=f"Your {text.field}").fill("Ours")
        held = hold(page, f"**/api{path_of(ticket)}", "PATCH")
        both.get_by_role("button", name="Save mine").click()
        refuse(arrived(page, held))
        expect(text.box(page)).to_have_accessible_description(re.compile("was not saved"))
        expect(text.box(page)).to_have_value("Ours")
        page.unroute(f"**/api{path_of(ticket)}")
        text.save(page)
        expect(toast(page, f"{text.field} saved")).to_be_visible()
        assert read(callers, ticket)[text.field] == "Ours"


class TestSending:
    """What creates something is a draft until it has arrived, and arrives once."""

    @staticmethod
    def composer(page: Page) -> Locator:
        return page.get_by_role("textbox", name="Comment", exact=True)

    def send(self, page: Page, words: str) -> None:
        self.composer(page).fill(words)
        self.composer(page).press("Control+Enter")

    @staticmethod
    def titled(callers: Callers, title: str) -> int:
        return len(callers["USER"].get("/tickets", params={"search": title}).json())

    def test_a_comment_is_finished_although_one_has_left(
        self, page_as: PageAs, make: Factory, callers: Callers
    ) -> None:
        ticket = make.ticket()
        page = page_as(callers.new("USER"), path_of(ticket))
        held = hold(page, "**/comments", "POST")
        self.send(page, "Said once.")
        waiting = arrived(page, held)
        leave(page)
        waiting.continue_()
        expect(toast(page, "Comment added")).to_be_visible()
        come_back(page, path_of(ticket))
        expect(page.get_by_role("article")).to_contain_text("Said once.")
        expect(self.composer(page)).to_have_value("")

    def test_a_comment_that_fails_behind_ones_back_is_told_and_kept(
        self, page_as: PageAs, make: Factory, callers: Callers, failing: Visits
    ) -> None:
        ticket = make.ticket()
        page = page_as(callers.new("USER"), path_of(ticket))
        held = hold(page, "**/comments", "POST")
        self.send(page, "Not said.")
        waiting = arrived(page, held)
        leave(page)
        refuse(waiting)
        expect(toast(page, f"comment on {ticket['displayId']} was not sent")).to_contain_text("The database rests.")
        come_back(page, path_of(ticket))
        expect(self.composer(page)).to_have_value("Not said.")

    def test_a_comment_whose_answer_was_lost_is_the_same_after_a_reload(
        self, page_as: PageAs, make: Factory, callers: Callers, failing: Visits
    ) -> None:
        ticket = make.ticket()
        page = page_as(callers.new("USER"), path_of(ticket))
        lose(page, "**/comments", "POST")
        self.send(page, "Said once.")
        expect(self.composer(page)).to_have_accessible_description(
            re.compile("It is not known whether your comment.*was sent")
        )
        # It is there, and shown.
        expect(page.get_by_role("article")).to_contain_text("Said once.")
        page.unroute("**/comments")
        page.reload()
        expect(self.composer(page)).to_have_value("Said once.")
        self.composer(page).press("Control+Enter")
        expect(self.composer(page)).to_have_value("")
        assert len(read(callers, ticket)["comments"]) == 1

    def test_what_is_written_on_meanwhile_stays(self, page_as: PageAs, make: Factory, callers: Callers) -> None:
        ticket = make.ticket()
        page = page_as(callers.new("USER"), path_of(ticket))
        held = hold(page, "**/comments", "POST")
        self.send(page, "First.")
        waiting = arrived(page, held)
        self.composer(page).fill("Second.")
        waiting.continue_()
        expect(page.get_by_role("article")).to_contain_text("First.")
        expect(self.composer(page)).to_have_value("Second.")
        page.unroute("**/comments")
        self.composer(page).press("Control+Enter")
        expect(page.get_by_role("article")).to_have_count(2)

    def test_the_same_words_are_another_comment_once_the_first_has_arrived(
        self, page_as: PageAs, make: Factory, callers: Callers
    ) -> None:
        page = page_as(callers.new("USER"), path_of(make.ticket()))
        for number in (1, 2):
            self.send(page, "Same.")
            expect(page.get_by_role("article")).to_have_count(number)

    def test_a_new_ticket_is_finished_although_one_has_left(
        self, page_as: PageAs, make: Factory, callers: Callers
    ) -> None:
        title = unique("Only one ")
        page = page_as(callers.new("AGENT"), "/new")
        fill_new_ticket(page, make, title)
        held = hold(page, "**/api/tickets", "POST")
        page.get_by_role("button", name="Create ticket").click()
        waiting = arrived(page, held)
        leave(page)
        waiting.continue_()
        expect(toast(page, re.compile(r"V\d{9} created"))).to_be_visible()
        expect_path(page, "/my")
        come_back(page, "/new")
        expect(page.get_by_label("Title")).to_have_value("")
        assert self.titled(callers, title) == 1

    def test_a_new_ticket_whose_answer_was_lost_is_the_same_after_a_reload(
        self, page_as: PageAs, make: Factory, callers: Callers, failing: Visits
    ) -> None:
        title = unique("Only one ")
        page = page_as(callers.new("AGENT"), "/new")
        fill_new_ticket(page, make, title)
        lose(page, "**/api/tickets", "POST")
        page.get_by_role("button", name="Create ticket").click()
        expect(page.get_by_text("It is not known whether the ticket was created")).to_be_visible()
        page.unroute("**/api/tickets")
        page.reload()
        expect(page.get_by_label("Title")).to_have_value(title)
        page.get_by_role("button", name="Create ticket").click()
        expect(heading(page)).to_have_text(title)
        assert self.titled(callers, title) == 1


class TestKeys:
    """A key, the palette and the bulk bar change what one saw, and nothing else."""

    @pytest.fixture
    def tickets(self, make: Factory) -> list[dict[str, Any]]:
        route = make.route()
        return [make.ticket(**route.ids) for _ in range(2)]

    @pytest.fixture
    def page(self, page_as: PageAs, tickets: list[dict[str, Any]]) -> Page:
        page = page_as("AGENT", f"/?queue={tickets[0]['categoryId']}")
        expect_rows(page, tickets)
        return page

    @staticmethod
    def press(page: Page, ticket: dict[str, Any], key: str) -> None:
        row_of(page, ticket).locator("[data-row-link]").focus()
        page.keyboard.press(key)

    def test_do_not_write_over_what_nobody_saw(
        self, page: Page, tickets: list[dict[str, Any]], callers: Callers
    ) -> None:
        one = tickets[0]
        callers["SERVICE"].patch(f"/tickets/{one['id']}", {"severity": 5})
        self.press(page, one, "1")
        told = toast(page, f"{one['displayId']} was not changed. Somebody else changed it meanwhile: SEV 5.")
        expect(told).to_be_visible()
        expect(row_of(page, one)).to_contain_text("SEV 5")
        assert read(callers, one)["severity"] == 5
        told.get_by_role("button", name="Change anyway").click()
        expect(toast(page, f"{one['displayId']}: SEV 1")).to_be_visible()
        expect(told).to_have_count(0)
        assert read(callers, one)["severity"] == 1

    def test_change_a_ticket_of_which_somebody_changed_something_else(
        self, page: Page, tickets: list[dict[str, Any]], callers: Callers
    ) -> None:
        one = tickets[0]
        callers["SERVICE"].patch(f"/tickets/{one['id']}", {"status": "IN_PROGRESS"})
        self.press(page, one, "1")
        expect(toast(page, f"{one['displayId']}: SEV 1")).to_be_visible()
        after = read(callers, one)
        assert (after["severity"], after["status"]) == (1, "IN_PROGRESS")

    def test_change_the_others_of_a_selection_all_the_same(
        self, page: Page, tickets: list[dict[str, Any]], callers: Callers
    ) -> None:
        one, other = tickets
        for ticket in tickets:
            page.get_by_role("checkbox", name=f"Select {ticket['displayId']}").check()
        callers["SERVICE"].patch(f"/tickets/{one['id']}", {"assigneeId": callers["ADMIN"].id})
        page.get_by_role("toolbar", name="Selected tickets").get_by_role("button", name="Assign to me").click()
        theirs = f"assigned to {callers['ADMIN'].user['displayName']}"
        expect(toast(page, f"{one['displayId']} was not changed")).to_contain_text(theirs)
        expect(toast(page, f"{other['displayId']}: assigned to")).to_be_visible()
        assert read(callers, one)["assignee"]["id"] == callers["ADMIN"].id
        assert read(callers, other)["assignee"]["id"] == callers["AGENT"].id

    def test_undo_leaves_what_somebody_changed_afterwards(
        self, page: Page, tickets: list[dict[str, Any]], callers: Callers
    ) -> None:
        one = tickets[0]
        self.press(page, one, "1")
        done = toast(page, f"{one['displayId']}: SEV 1")
        expect(done).to_be_visible()
        callers["SERVICE"].patch(f"/tickets/{one['id']}", {"severity": 4})
        done.get_by_role("button", name="Undo").click()
        expect(toast(page, f"{one['displayId']} was not changed")).to_contain_text("SEV 4")
        assert read(callers, one)["severity"] == 4

    def test_undo_brings_back_each_its_own(
        self, page: Page, tickets: list[dict[str, Any]], callers: Callers, make: Factory
    ) -> None:
        one, other = tickets
        self.press(page, one, "1")
        expect(toast(page, f"{one['displayId']}: SEV 1")).to_be_visible()
        for ticket in tickets:
            page.get_by_role("checkbox", name=f"Select {ticket['displayId']}").check()
        page.keyboard.press("2")
        toast(page, "2 tickets: SEV 2").get_by_role("button", name="Undo").click()
        expect(toast(page, "2 tickets: undone")).to_be_visible()
        assert (read(callers, one)["severity"], read(callers, other)["severity"]) == (1, 3)

    def test_pressed_one_after_the_other_are_no_two_people(
        self, page: Page, tickets: list[dict[str, Any]], callers: Callers
    ) -> None:
        one = tickets[0]
        held = hold(page, f"**/api{path_of(one)}", "PATCH")
        self.press(page, one, "1")
        first = arrived(page, held)
        page.keyboard.press("2")
        expect(row_of(page, one)).to_contain_text("SEV 2")
        first.continue_()
        arrived(page, held, 2).continue_()
        expect(toast(page, f"{one['displayId']}: SEV 2")).to_be_visible()
        expect(row_of(page, one)).to_contain_text("SEV 2")
        assert read(callers, one)["severity"] == 2

    @pytest.mark.parametrize("by", ["menu", "key"])
    def test_on_its_own_page_too(self, page_as: PageAs, make: Factory, callers: Callers, by: str) -> None:
        ticket = make.ticket()
        page = page_as("AGENT", path_of(ticket))
        expect(heading(page)).to_have_text(ticket["title"])
        callers["SERVICE"].patch(f"/tickets/{ticket['id']}", {"severity": 4})
        if by == "menu":
            pick(page, "Severity: SEV 3 Medium", "SEV 2")
        else:
            page.keyboard.press("2")
        expect(toast(page, f"{ticket['displayId']} was not changed")).to_contain_text("SEV 4")
        expect(page.get_by_role("button", name="Severity: SEV 4")).to_be_visible()
        assert read(callers, ticket)["severity"] == 4


class TestUnknown:
    """Where only the answer was lost, nobody claims that nothing was done."""

    @pytest.mark.parametrize("status", variants([0, 502, 504], each_time={0, 502}))
    def test_whether_a_ticket_was_changed(
        self, page_as: PageAs, make: Factory, callers: Callers, failing: Visits, status: int
    ) -> None:
        ticket = make.ticket()
        page = page_as("AGENT", path_of(ticket))

        def answer(route: Route) -> None:
            if route.request.method != "PATCH":
                return route.fallback()
            route.fetch()
            return refuse(route, status) if status else route.abort()

        page.route(f"**/api{path_of(ticket)}", answer)
        pick(page, "Severity: SEV 3 Medium", "SEV 1")
        told = toast(page, f"It is not known whether {ticket['displayId']} was changed.")
        expect(told).to_be_visible()
        # Read again, the page shows what is true.
        expect(page.get_by_role("button", name="Severity: SEV 1 Critical")).to_be_visible()
        page.unroute_all()
        told.get_by_role("button", name="Try again").click()
        expect(toast(page, f"{ticket['displayId']}: SEV 1")).to_be_visible()

    def test_but_what_could_not_be_sent_was_not_done(self, page_as: PageAs, make: Factory, failing: Visits) -> None:
        ticket = make.ticket()
        page = page_as("AGENT", path_of(ticket))
        expect(page.get_by_role("button", name="Severity: SEV 3 Medium")).to_be_visible()
        page.context.set_offline(True)
        page.keyboard.press("1")  # a menu would have to be fetched
        expect(toast(page, f"{ticket['displayId']} was not changed.")).to_contain_text("cannot be reached")
        expect(page.get_by_role("button", name="Severity: SEV 3 Medium")).to_be_visible()

    def test_whether_a_key_was_replaced(self, page_as: PageAs, callers: Callers, failing: Visits) -> None:
        robot = callers.new("SERVICE", displayName=unique("Robot "))
        page = page_as("ADMIN", "/admin/users")
        lose(page, "**/api/users/*", "PATCH")
        page.get_by_role("button", name=f"New API key for {robot.user['displayName']}").click()
        dialog(page, "New API key for").get_by_role("button", name="Make a new key").click()
        expect(toast(page, "It is not known whether the API key")).to_be_visible()
        assert robot.get("/auth/me").status_code == 401


def test_a_failure_stays_until_it_is_dismissed(page_as: PageAs, make: Factory, failing: Visits) -> None:
    ticket = make.ticket()
    page = page_as("AGENT", "/login")
    page.clock.install()
    page.goto(path_of(ticket))
    expect(heading(page)).to_have_text(ticket["title"])
    page.keyboard.press("1")
    done = toast(page, f"{ticket['displayId']}: SEV 1")
    expect(done).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.route(f"**/api{path_of(ticket)}", lambda route: refuse(route))
    page.keyboard.press("2")
    failed = toast(page, f"{ticket['displayId']} was not changed.")
    expect(failed).to_be_visible()
    page.clock.fast_forward(120_000)
    expect(done).to_have_count(0)
    expect(failed).to_be_visible()
    failed.get_by_role("button", name="Dismiss").click()
    expect(failed).to_have_count(0)


def test_the_history_follows_ones_own_change(page_as: PageAs, make: Factory, callers: Callers) -> None:
    ticket = make.ticket()
    page = page_as("AGENT", "/login")
    page.clock.install()
    page.goto(path_of(ticket))
    page.get_by_role("tab", name="History").click()
    history = page.get_by_role("region", name="History")
    expect(history).to_contain_text("created the ticket")
    # The audit log has not heard of it yet when it is asked the first times.
    before = callers["USER"].get(f"/tickets/{ticket['id']}/audit")
    asked: list[Route] = []

    def lag(route: Route) -> None:
        asked.append(route)
        if len(asked) > 2:
            return route.fallback()
        return route.fulfill(body=before.content, headers={"ETag": before.headers["ETag"]})

    page.route("**/audit", lag)
    pick(page, "Severity: SEV 3 Medium", "SEV 1")
    began = page.evaluate("Date.now()")
    hurry_to(history.filter(has_text="SEV 1"))
    assert page.evaluate("Date.now()") - began < 10_000
