"""What one began goes on as one left it: lists, filters, menus and dialogs at the moments between two answers."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.web.conftest import PageAs
from e2e.web.test_writing import arrived, hold, leave, refuse
from support.browser import Visits
from support.clients import PASSWORD, Callers
from support.factories import Factory, Route, unique
from support.screen import choose, dialog, drawn, expect_rows, pick, rows, toast
from support.variants import variants


def begin_to_move(page: Page, route: Route, target: Route, tickets: str) -> Locator:
    """The dialog that deletes an item, asked to move its tickets first."""
    page.get_by_role("button", name=f"Delete {route.item['name']}").click()
    question = dialog(page, f"Delete the item “{route.item['name']}”?")
    question.get_by_label(f"Move the {tickets} elsewhere first").check()
    choose(question, "Find by path", target.path)
    question.get_by_role("button", name="Move and delete item").click()
    return question


class TestMoveAndDelete:
    def test_that_is_cancelled_moves_no_more_and_deletes_nothing(
        self, page_as: PageAs, callers: Callers, make: Factory
    ) -> None:
        route, target = make.route(), make.route()
        tickets = [make.ticket(**route.ids) for _ in range(2)]
        page = page_as("ADMIN", f"/admin/cti?category={route.category['id']}&type={route.type['id']}")
        held = hold(page, "**/api/tickets/V*", "PATCH")
        question = begin_to_move(page, route, target, "2 tickets")
        first = arrived(page, held)
        question.get_by_role("button", name="Cancel").click()
        expect(question).to_have_count(0)

        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.method))
        with page.expect_response(re.compile(r"/api/tickets\?.*itemId=")):  # what is asked when all is over
            first.continue_()
        drawn(page)
        assert set(sent) == {"GET"}
        after = [callers["USER"].get(f"/tickets/{ticket['id']}").json()["item"]["name"] for ticket in tickets]
        assert sorted(after) == sorted([route.item["name"], target.item["name"]])
        assert route.item["name"] in {item["name"] for item in callers["USER"].get("/cti/items").json()}

    def test_counts_to_what_it_began_with_and_asks_for_no_list_on_the_way(self, page_as: PageAs, make: Factory) -> None:
        route, target = make.route(), make.route()
        for _ in range(3):
            make.ticket(**route.ids)
        page = page_as("ADMIN", f"/admin/cti?category={route.category['id']}&type={route.type['id']}")
        held = hold(page, "**/api/tickets/V*", "PATCH")
        question = begin_to_move(page, route, target, "3 tickets")
        progress = question.get_by_role("progressbar", name="Tickets moved")
        arrived(page, held)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        for number in (1, 2, 3):
            turn = arrived(page, held, number)
            expect(progress).to_have_attribute("value", str(number - 1))
            expect(progress).to_have_attribute("max", "3")
            if number == 3:
                assert not [url for url in asked if "itemId=" in url]
            turn.continue_()
        expect(toast(page, f"3 tickets moved, {route.item['name']} deleted")).to_be_visible()


def test_a_selection_that_leaves_the_filter_leaves_the_focus_to_the_heading(page_as: PageAs, make: Factory) -> None:
    route = make.route()
    tickets = [make.ticket(**route.ids) for _ in range(3)]
    page = page_as("AGENT", f"/?queue={route.category['id']}&assignee=none")
    for ticket in tickets[:2]:
        page.get_by_role("checkbox", name=f"Select {ticket['displayId']}").check()
    page.get_by_role("toolbar", name="Selected tickets").get_by_role("button", name="Assign to me").press("Enter")
    expect_rows(page, tickets[2:])
    expect(page.get_by_role("heading", level=1)).to_be_focused()


def test_a_title_that_is_cut_is_whole_on_hover(page_as: PageAs, make: Factory) -> None:
    ticket = make.ticket(title=unique("A long title ") + " of many words" * 10)
    page = page_as("USER", f"/?q={ticket['displayId']}")
    link = rows(page).get_by_role("link", name=ticket["title"])
    expect(link).to_have_attribute("title", ticket["title"])


def test_a_letter_typed_while_the_search_is_applied_stays(page_as: PageAs, make: Factory) -> None:
    word = unique("word")
    ticket = make.ticket(title=word)
    page = page_as("USER", "/")
    expect(rows(page).first).to_be_visible()
    # At the moment the URL takes the first words: no finger hits it every time.
    page.evaluate(
        """rest => {
          const box = document.querySelector('input[type=search]');
          const write = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set;
          const push = history.pushState;
          history.pushState = function (...parts) {
            history.pushState = push;
            push.apply(this, parts);
            write.call(box, box.value + rest);
            box.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertText', data: rest }));
          };
        }""",
        word[-3:],
    )
    box = page.get_by_role("searchbox", name="Search tickets")
    box.fill(word[:-3])
    expect(page).to_have_url(re.compile(rf"q={word}$"))
    expect(box).to_have_value(word)
    expect_rows(page, [ticket])


def escape(page: Page) -> None:
    page.keyboard.press("Escape")


@dataclass(frozen=True)
class Form:
    """A form that is filled in: pressing `button` sends it."""

    button: Locator
    sends: Sequence[str]
    """The methods of all it sends that changes something."""
    done: Locator
    """What is seen then."""
    done_late: str
    """What is told instead, when one has gone `away` meanwhile."""
    failed_late: str
    away: Callable[[Page], None] = escape


class Forms:
    """Each on a page of its own, over somebody or something of its own."""

    def __init__(self, page_as: PageAs, make: Factory, callers: Callers) -> None:
        self.page_as = page_as
        self.make = make
        self.callers = callers

    def _users(self, button: str, role: str = "USER") -> tuple[Page, str]:
        name = unique("Ada ")
        self.callers.create_user(role=role, displayName=name)
        page = self.page_as("ADMIN", "/admin/users")
        page.get_by_role("button", name=f"{button} {name}").click()
        return page, name

    def user_created(self) -> Form:
        username, name = unique("ada"), unique("Ada ")
        page = self.page_as("ADMIN", "/admin/users")
        page.get_by_role("button", name="New user").click()
        texts = {"User name": username, "Display name": name, "E-mail": f"{username}@example.org", "Password": PASSWORD}
        for label, text in texts.items():
            page.get_by_role("dialog").get_by_label(label).fill(text)
        create = page.get_by_role("button", name="Create user")
        done, failed = f"{name} saved", f"The account of {name} was not created."
        return Form(create, ["POST"], toast(page, f"{name} created"), done, failed)

    def user_edited(self) -> Form:
        page, name = self._users("Edit")
        page.get_by_label("Display name").fill(f"{name} II")
        save, done = page.get_by_role("button", name="Save"), f"{name} II saved"
        return Form(save, ["PATCH"], toast(page, done), done, f"The account of {name} was not saved.")

    def role_changed(self) -> Form:
        page, name = self._users("Role of")
        page.get_by_role("menuitemradio", name="Agent").click()
        change, failed = page.get_by_role("button", name="Change role"), f"The role of {name} was not changed."
        return Form(change, ["PATCH"], toast(page, f"{name} is now Agent"), f"{name} saved", failed)

    def password_given(self) -> Form:
        page, name = self._users("Set a new password for")
        page.get_by_role("dialog").get_by_label("New password").fill("quite-another-secret-3")
        save, failed = page.get_by_role("button", name="Save"), f"The password of {name} was not changed."
        return Form(save, ["PATCH"], toast(page, f"{name} has a new password"), f"{name} saved", failed)

    def key_made(self) -> Form:
        page, name = self._users("New API key for", role="SERVICE")
        make, failed = page.get_by_role("button", name="Make a new key"), f"The API key of {name} was not replaced."
        done = f"{name} has a new API key that nobody has seen."
        return Form(make, ["PATCH"], dialog(page, f"API key of {name}"), done, failed)

    def user_deleted(self) -> Form:
        page, name = self._users("Delete")
        delete, done = page.get_by_role("button", name="Delete user"), f"{name} deleted"
        return Form(delete, ["DELETE"], toast(page, done), done, f"The account of {name} was not deleted.")

    def node_added(self) -> Form:
        name = unique("Cat ")
        page = self.page_as("ADMIN", "/admin/cti")
        page.get_by_label("New category", exact=True).fill(name)
        add, done = page.get_by_role("button", name="Add new category"), f"{name} added"
        return Form(add, ["POST"], toast(page, done), done, f"“{name}” was not added.", away=leave)

    def node_renamed(self) -> Form:
        name = self.make.node("categories")["name"]
        page = self.page_as("ADMIN", "/admin/cti")
        page.get_by_role("button", name=f"Rename {name}").click()
        page.get_by_label(f"New name of {name}").fill(f"{name} II")
        save, done = page.get_by_role("button", name="Save"), f"{name} is now {name} II"
        return Form(save, ["PUT"], toast(page, done), done, f"“{name}” was not renamed.")

    def _items(self, route: Route) -> Page:
        page = self.page_as("ADMIN", f"/admin/cti?category={route.category['id']}&type={route.type['id']}")
        page.get_by_role("button", name=f"Delete {route.item['name']}").click()
        return page

    def node_deleted(self) -> Form:
        route = self.make.route()
        page, name = self._items(route), route.item["name"]
        delete, done = page.get_by_role("button", name="Delete item", exact=True), f"{name} deleted"
        expect(delete).to_be_enabled()
        return Form(delete, ["DELETE"], toast(page, done), done, f"The item “{name}” was not deleted.")

    def node_emptied_and_deleted(self) -> Form:
        route, target = self.make.route(), self.make.route()
        self.make.ticket(**route.ids)
        page, name = self._items(route), route.item["name"]
        page.get_by_label("Move the 1 ticket elsewhere first").check()
        choose(page.get_by_role("alertdialog"), "Find by path", target.path)
        delete, failed = (
            page.get_by_role("button", name="Move and delete item"),
            f"Not all tickets of “{name}” were moved.",
        )
        return Form(delete, ["PATCH", "DELETE"], toast(page, f"{name} deleted"), f"1 ticket moved, {name} kept", failed)

    def comment_deleted(self) -> Form:
        ticket = self.make.ticket()
        self.make.comment(ticket)
        page = self.page_as("ADMIN", f"/tickets/{ticket['displayId']}")
        page.get_by_role("button", name="Delete comment").click()
        delete, done = page.get_by_role("alertdialog").get_by_role("button", name="Delete comment"), "Comment deleted"
        return Form(delete, ["DELETE"], toast(page, done), done, "The comment was not deleted.")

    def ticket_deleted(self) -> Form:
        number = self.make.ticket()["displayId"]
        page = self.page_as("ADMIN", f"/tickets/{number}")
        pick(page, "More actions", "Delete ticket")
        page.get_by_label(f"Type {number} to confirm").fill(number)
        delete = page.get_by_role("alertdialog").get_by_role("button", name="Delete ticket")
        done = f"{number} deleted"
        return Form(delete, ["DELETE"], toast(page, done), done, f"{number} was not deleted.")

    def own_password_changed(self) -> Form:
        page = self.page_as(self.callers.new("USER"), "/profile")
        for label, text in {
            "Current password": PASSWORD,
            "New password": f"{PASSWORD}!",
            "New password again": f"{PASSWORD}!",
        }.items():
            page.get_by_label(label, exact=True).fill(text)
        change, done = page.get_by_role("button", name="Change password"), "Password changed."
        return Form(change, ["POST"], toast(page, done), done, "Your password was not changed.", away=leave)


FORMS = [name for name in vars(Forms) if not name.startswith("_")]


@pytest.fixture(params=variants(FORMS, each_time={"user_edited", "node_added", "ticket_deleted"}))
def form(request: pytest.FixtureRequest, page_as: PageAs, make: Factory, callers: Callers) -> Form:
    opened: Form = getattr(Forms(page_as, make, callers), request.param)()
    return opened


class TestForm:
    def test_41_is_sent_once_however_often_it_is_pressed(self, form: Form) -> None:
        page = form.button.page
        sent: list[str] = []
        page.on("request", lambda request: sent.append(request.method) if request.method != "GET" else None)
        # Both before the page has been drawn anew: faster than any hand.
        form.button.evaluate("button => { button.click(); button.click(); }")
        expect(form.done).to_be_visible()
        drawn(page)  # by then whatever the two presses were to send is sent
        assert sent == form.sends

    @pytest.mark.parametrize(
        ("form", "ending"),
        variants(
            product(FORMS, ("done", "failed")),
            each_time=[(form, "failed") for form in ("user_deleted", "node_emptied_and_deleted", "comment_deleted")],
        ),
        indirect=["form"],
    )
    def test_14_one_has_left_before_its_answer_says_how_it_ended(self, visits: Visits, form: Form, ending: str) -> None:
        visits.allow("status of 503")
        page = form.button.page
        held = hold(page, "**/api/**", form.sends[0])
        form.button.click()
        waiting = arrived(page, held)
        form.away(page)
        expect(form.button).to_have_count(0)
        if ending == "done":
            waiting.continue_()
            expect(toast(page, form.done_late)).to_be_visible()
        else:
            refuse(waiting)
            expect(toast(page, form.failed_late)).to_contain_text("The database rests.")

    @pytest.mark.parametrize("left", [Forms.key_made, Forms.user_deleted], ids=["key", "deletion"])
    def test_stays_when_the_answer_to_one_before_it_comes(
        self, page_as: PageAs, make: Factory, callers: Callers, left: Callable[[Forms], Form]
    ) -> None:
        form = left(Forms(page_as, make, callers))
        page = form.button.page
        held = hold(page, "**/api/**", form.sends[0])
        form.button.click()
        waiting = arrived(page, held)
        escape(page)
        page.get_by_role("button", name="New user").click()
        box = dialog(page, "New user").get_by_label("User name")
        box.fill("ada")
        waiting.continue_()
        expect(toast(page, form.done_late)).to_be_visible()
        expect(box).to_have_value("ada")

    @pytest.mark.parametrize(
        ("begun", "label"),
        [
            (Forms.node_added, "New category"),
            (Forms.node_renamed, re.compile("^New name of")),
            (Forms.own_password_changed, "New password again"),
        ],
        ids=["node", "name", "password"],
    )
    def test_keeps_what_is_written_on_before_its_answer(
        self,
        page_as: PageAs,
        make: Factory,
        callers: Callers,
        begun: Callable[[Forms], Form],
        label: str | re.Pattern[str],
    ) -> None:
        form = begun(Forms(page_as, make, callers))
        page = form.button.page
        held = hold(page, "**/api/**", form.sends[0])
        form.button.click()
        waiting = arrived(page, held)
        box = page.get_by_label(label, exact=True)
        box.fill("Second")
        waiting.continue_()
        expect(form.done).to_be_visible()
        expect(box).to_have_value("Second")

    def test_calls_no_mistake_of_its_own_a_failure_of_what_it_sent(
        self, page_as: PageAs, make: Factory, callers: Callers, visits: Visits
    ) -> None:
        visits.allow("uncaught: .*null")
        form = Forms(page_as, make, callers).node_added()
        page = form.button.page
        held = hold(page, "**/api/**", form.sends[0])
        form.button.click()
        with page.context.expect_event("weberror"):
            arrived(page, held).fulfill(status=201, body="null", content_type="application/json")
        drawn(page)
        expect(page.get_by_label("New category", exact=True)).to_have_accessible_description("")

    def test_closes_on_a_press_beside_it_only_while_it_is_empty(self, page_as: PageAs) -> None:
        page = page_as("ADMIN", "/admin/users")
        form = dialog(page, "New user")
        page.get_by_role("button", name="New user").click()
        expect(form).to_be_visible()
        page.mouse.click(5, 5)
        expect(form).to_have_count(0)
        page.get_by_role("button", name="New user").click()
        form.get_by_label("User name").fill("ada")
        page.mouse.click(5, 5)
        drawn(page)
        expect(form.get_by_label("User name")).to_have_value("ada")
        page.keyboard.press("Escape")
        expect(form).to_have_count(0)


def test_a_role_is_chosen_by_enter_and_not_by_the_first_arrow(page_as: PageAs, callers: Callers) -> None:
    ada = callers.new("AGENT", displayName=unique("Ada "))
    name = ada.user["displayName"]
    page = page_as("ADMIN", "/admin/users")
    button = page.get_by_role("button", name=f"Role of {name}: Agent")
    button.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitemradio", name="Agent")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitemradio", name="User")).to_be_focused()
    expect(page.get_by_role("alertdialog")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(dialog(page, f"Make {name} User?")).to_be_visible()


@pytest.mark.parametrize(("role", "ways_back"), [("ADMIN", 1), ("AGENT", 0)], ids=["admin", "agent"])
def test_who_may_not_close_is_offered_no_way_back_to_it(
    page_as: PageAs, callers: Callers, make: Factory, role: str, ways_back: int
) -> None:
    ticket = make.ticket()
    assert callers["ADMIN"].patch(f"/tickets/{ticket['id']}", {"status": "CLOSED"}).status_code == 200
    page = page_as(role, f"/tickets/{ticket['displayId']}")
    pick(page, "Status: Closed", "In Progress")
    told = toast(page, f"{ticket['displayId']}: In Progress")
    expect(told).to_be_visible()
    expect(told.get_by_role("button", name="Undo")).to_have_count(ways_back)


class TestList:
    def test_comes_where_its_skeleton_stood(self, page_as: PageAs, make: Factory) -> None:
        route = make.route()
        make.ticket(**route.ids)
        page = page_as("USER", "/login")
        held = hold(page, "**/api/tickets?**categoryId=**", "GET")
        page.goto(f"/?queue={route.category['id']}")
        first = page.get_by_role("status", name="Loading tickets").locator("> div").first
        expect(first).to_be_visible()
        before = first.bounding_box()
        for one in held:
            one.continue_()
        page.unroute_all()
        expect(rows(page)).to_have_count(1)
        after = rows(page).first.bounding_box()
        assert before
        assert after
        assert after["y"] == pytest.approx(before["y"], abs=1)

    def test_tells_its_own_total(self, page_as: PageAs, make: Factory) -> None:
        route = make.route()
        tickets = [make.ticket(**route.ids) for _ in range(2)]
        page = page_as("USER", "/login")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"/?queue={route.category['id']}")
        expect_rows(page, tickets)
        expect(page.get_by_role("main").get_by_text("2 tickets", exact=True)).to_be_visible()
        assert len([url for url in asked if f"categoryId={route.category['id']}" in url]) == 1

    def test_of_what_is_deleted_says_so(self, page_as: PageAs) -> None:
        page = page_as("USER", f"/?queue={uuid4()}&assignee={uuid4()}")
        chips = page.get_by_role("list", name="Filters in use")
        for what in ("Queue", "Assignee"):
            expect(chips.get_by_role("button", name=f"Remove filter {what}: unknown")).to_be_visible()

    def test_without_any_ticket_offers_no_closed_ones(self, page_as: PageAs) -> None:
        page = page_as("USER", "/login")
        page.route("**/api/tickets?**", lambda route: route.fulfill(json=[], headers={"X-Total-Count": "0"}))
        page.goto("/?status=any")
        expect(page.get_by_role("heading", name="No tickets yet")).to_be_visible()
        expect(page.get_by_role("link", name="Show closed tickets")).to_have_count(0)
