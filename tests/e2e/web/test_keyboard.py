"""The client without a mouse: everything is reached, seen and left by keys."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from e2e.web.conftest import PageAs
from support.browser import DESKTOP, PHONE
from support.clients import PASSWORD, Callers
from support.factories import Factory, unique
from support.screen import (
    comment_by,
    dialog,
    drawn,
    expect_path,
    expect_rows,
    heading,
    menu,
    pick,
    row_of,
    rows,
    toast,
)
from support.variants import variants


def tab_to(page: Page, target: Locator, key: str = "Tab") -> None:
    """As a person would: on and on until it has the focus."""
    expect(target).to_be_visible()
    for _ in range(80):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{target} is not reached by {key}")


def arrow_to(page: Page, option: Locator) -> None:
    """As a person would, in a list that belongs to a box: who presses again before it is shown passes by."""
    expect(option).to_be_visible()
    for _ in range(40):
        if option.get_attribute("data-focused"):
            return
        before = page.evaluate("document.querySelector('[role=option][data-focused]')?.id ?? ''")
        page.keyboard.press("ArrowDown")
        expect(page.locator(f"[role=option][data-focused]:not([id='{before}'])")).to_have_count(1)
    raise AssertionError(f"{option} is not reached by ArrowDown")


def hold(page: Page, name: str) -> Callable[[], None]:
    """Keep a file of the client on its way until what this returns is called: from then on it is there."""
    held: list[Route] = []
    # Not `times=1`: the end of a route lets go what it holds.
    page.route(f"**/assets/{name}-*.js", lambda route: held.append(route))

    def arrive() -> None:
        for _ in range(300):  # it is asked for a moment after the press
            if held:
                break
            drawn(page)
        held[0].continue_()
        page.evaluate("file => import(file).then(() => null)", held[0].request.url)
        drawn(page)

    return arrive


def has_focus(page: Page) -> str:
    """What has the focus, for a message."""
    text: str = page.evaluate("document.activeElement.outerHTML.slice(0, 200)")
    return text


def test_from_the_login_to_a_closed_ticket(page_as: PageAs, callers: Callers, make: Factory) -> None:
    somebody, route, title = (
        callers.create_user(role="ADMIN", displayName="Keys Only"),
        make.route(),
        unique("By keys "),
    )
    page = page_as(None, "/login")
    keys = page.keyboard
    expect(page.get_by_label("User name")).to_be_focused()
    keys.type(somebody["username"])
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(heading(page)).to_have_text("All tickets")

    keys.press("c")
    expect(page.get_by_label("Title")).to_be_focused()
    keys.type(title)
    tab_to(page, page.get_by_role("textbox", name="Overview"))
    keys.type("Nothing **moves**.")
    tab_to(page, page.get_by_role("radio", name="SEV 3 Medium"))
    keys.press("ArrowUp")
    expect(page.get_by_role("radio", name="SEV 2 High")).to_be_checked()
    tab_to(page, page.get_by_role("combobox", name="Find by path"))
    keys.type(route.item["name"])
    arrow_to(page, page.get_by_role("option", name=route.path))
    keys.press("Enter")
    expect(page.get_by_role("combobox", name="Item", exact=True)).to_have_value(route.item["name"])
    tab_to(page, page.get_by_role("button", name="Create ticket"))
    keys.press("Enter")
    expect(heading(page)).to_have_text(title)
    assert page.evaluate("document.activeElement.closest('main') !== null"), has_focus(page)
    display_id = page.url.rpartition("/")[2]

    # Away, and found again.
    keys.press("g")
    keys.press("d")
    expect(heading(page)).to_have_text("All tickets")
    keys.press("/")
    expect(page.get_by_role("searchbox", name="Search tickets")).to_be_focused()
    keys.type(title)
    expect(rows(page)).to_have_count(1)
    keys.press("Escape")
    keys.press("j")
    keys.press("Enter")
    expect(heading(page)).to_have_text(title)

    keys.press("a")
    expect(page.get_by_role("combobox", name=f"Assign {display_id}")).to_be_focused()
    keys.type("Keys Only (me)")
    expect(page.get_by_role("option")).to_have_count(1)
    keys.press("Enter")
    expect(page.get_by_role("button", name="Assignee: Keys Only")).to_be_visible()
    keys.press("1")
    expect(page.get_by_role("button", name="Severity: SEV 1 Critical")).to_be_visible()
    keys.press("r")
    expect(page.get_by_role("textbox", name="Comment")).to_be_focused()
    keys.type("Done, *closing*.")
    keys.press("Control+Enter")
    expect(comment_by(page, "Keys Only")).to_contain_text("Done, closing.")
    tab_to(page, page.get_by_role("button", name="Status: Open"), "Shift+Tab")
    keys.press("Enter")
    expect(menu(page).first).to_be_visible()
    keys.press("End")
    keys.press("Enter")
    expect(toast(page, f"{display_id}: Closed")).to_be_visible()

    closed = callers["USER"].get(f"/tickets/{display_id}").json()
    assert (closed["status"], closed["severity"], closed["overview"]) == ("CLOSED", 1, "Nothing **moves**.")
    assert closed["assignee"]["id"] == somebody["id"]

    tab_to(page, page.get_by_role("button", name="Account of Keys Only Admin"), "Shift+Tab")
    keys.press("Enter")
    expect(menu(page).first).to_be_visible()
    keys.press("End")
    keys.press("Enter")
    expect_path(page, "/login")


class TestPalette:
    def test_finds_tickets_people_pages_and_actions(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        ticket = make.ticket(title=unique("Palette "))
        person = callers.create_user(displayName=unique("Somebody "))
        page = page_as("AGENT", "/my")
        expect(heading(page)).to_be_visible()
        for typed, shown, leads_to in (
            (ticket["title"], ticket["title"], f"/tickets/{ticket['displayId']}"),
            (ticket["displayId"], ticket["title"], f"/tickets/{ticket['displayId']}"),
            (person["displayName"], person["displayName"], f"/?assignee={person['id']}"),
            (make.a_route.category["name"], make.a_route.category["name"], f"/?queue={make.a_route.category['id']}"),
            ("new ticket", "New ticket", "/new"),
            ("profile", "Profile and password", "/profile"),
        ):
            page.keyboard.press("Control+k")
            expect(page.get_by_role("combobox", name="Search and commands")).to_be_focused()
            # The tickets that fit come a moment after the rest.
            with page.expect_response(re.compile(r"/api/tickets\?.*search=")):
                page.keyboard.type(typed)
            arrow_to(page, page.get_by_role("option", name=shown).first)
            page.keyboard.press("Enter")
            expect_path(page, leads_to)

    def test_31_offers_nothing_that_does_not_fit_what_is_typed(self, page_as: PageAs, make: Factory) -> None:
        word = unique("Palette ")
        one, other = make.ticket(title=f"{word} one"), make.ticket(title=f"{word} other")
        page = page_as("AGENT", "/my")
        expect(heading(page)).to_be_visible()
        page.keyboard.press("Control+k")
        box = page.get_by_role("combobox", name="Search and commands")
        box.fill(word)
        offers = page.get_by_role("option")
        for ticket in (one, other):
            expect(offers.filter(has_text=ticket["title"])).to_be_visible()
        # From here on nobody answers.
        page.route(re.compile(r"/api/tickets\?.*search="), lambda _: None)
        box.fill(f"{word} oth")
        expect(offers).to_have_count(1)
        expect(offers).to_contain_text(other["title"])
        box.fill("nothing like it")
        expect(offers).to_have_text(["Nothing found"])
        page.keyboard.press("Enter")
        expect_path(page, "/my")
        page.unroute_all(behavior="ignoreErrors")

    def test_31_what_is_called_so_stands_before_tickets_that_tell_of_it(self, page_as: PageAs, make: Factory) -> None:
        ticket = make.ticket(title=unique("Nobody can log out of ledger "))
        page = page_as("AGENT", "/my")
        expect(heading(page)).to_be_visible()
        page.keyboard.press("Control+k")
        box = page.get_by_role("combobox", name="Search and commands")
        box.fill("log out")
        offers = page.get_by_role("option")
        expect(offers.filter(has_text=ticket["title"])).to_be_visible()
        expect(offers.first).to_contain_text("Sign out")
        # The word is in the middle of that name, and begins the ticket's.
        box.fill("ledger")
        expect(offers.first).to_contain_text(ticket["title"])

    def test_31_knows_other_words_for_what_it_offers(self, page_as: PageAs) -> None:
        page = page_as("ADMIN", "/my")
        expect(heading(page)).to_be_visible()
        page.keyboard.press("Control+k")
        box = page.get_by_role("combobox", name="Search and commands")
        for typed, offered in (
            ("logout", "Sign out"),
            ("Log out", "Sign out"),
            ("sign out", "Sign out"),
            ("change password", "Profile and password"),
            ("profile", "Profile and password"),
            ("settings", "Preferences"),
            ("dark mode", "Theme: dark"),
            ("thème", "Theme: as the system"),
            ("new", "New ticket"),
            ("create", "New ticket"),
            ("admin", "Users"),
            ("admin", "Categories"),
            ("help", "Keyboard shortcuts"),
            ("shortcuts", "Keyboard shortcuts"),
        ):
            box.fill(typed)
            expect(page.get_by_role("option", name=offered), typed).to_be_visible()
        box.fill("logout")
        expect(page.get_by_role("option")).to_have_count(1)

    def test_31_leads_to_the_preferences(self, page_as: PageAs) -> None:
        page = page_as("USER", "/my")
        expect(heading(page)).to_be_visible()
        page.keyboard.press("Control+k")
        page.get_by_role("combobox", name="Search and commands").fill("options")
        arrow_to(page, page.get_by_role("option", name="Preferences"))
        page.keyboard.press("Enter")
        expect_path(page, "/profile#preferences")
        expect(page.get_by_role("heading", name="Preferences")).to_be_in_viewport()

    def test_acts_on_the_open_ticket(self, page_as: PageAs, make: Factory) -> None:
        page = page_as("AGENT", f"/tickets/{make.ticket()['displayId']}")
        expect(heading(page)).to_be_visible()
        page.keyboard.press("Control+k")
        expect(page.get_by_role("combobox", name="Search and commands")).to_be_focused()
        page.keyboard.type("set sev low")
        expect(page.get_by_role("option")).to_have_count(1)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Severity: SEV 4 Low")).to_be_visible()

    def test_closes_and_gives_the_focus_back(self, page_as: PageAs) -> None:
        page = page_as("AGENT", "/my")
        opener = page.get_by_role("button", name="Search and commands")
        tab_to(page, opener)
        page.keyboard.press("Enter")
        expect(dialog(page, "Search and commands")).to_be_visible()
        page.keyboard.type("words")
        page.keyboard.press("Escape")
        expect(dialog(page, "Search and commands")).to_have_count(0)
        expect(opener).to_be_focused()


def press(name: str) -> Callable[[Page], object]:
    return lambda page: page.get_by_role("button", name=name, exact=True).first.click()


def save_what_somebody_else_saved(page: Page) -> None:
    page.get_by_role("button", name="Edit title").click()
    page.get_by_role("textbox", name="Title").fill("Mine")
    address, origin = page.url.replace("/tickets/", "/api/tickets/"), page.evaluate("location.origin")
    assert page.request.patch(address, data={"title": "Theirs"}, headers={"Origin": origin}).status == 200
    page.get_by_role("button", name="Save", exact=True).click()
    expect(dialog(page, "Loading")).to_be_attached()


TICKET, USERS, CATEGORIES = "/tickets/{ticket}", "/admin/users", "/admin/cti"
# Where it opens, the file it is in, how, and what is there from then on.
ON_ITS_WAY: dict[str, tuple[str, str, Callable[[Page], object], str]] = {
    "palette": (
        TICKET,
        "palette",
        lambda page: page.get_by_role("navigation", name="Breadcrumb").get_by_role("link").press("Control+k"),
        "Search and commands",
    ),
    "shortcuts": (TICKET, "shortcut-help", lambda page: page.keyboard.press("?"), "Keyboard shortcuts"),
    "deletion of a ticket": (
        TICKET,
        "delete-ticket-dialog",
        lambda page: pick(page, "More actions", "Delete ticket"),
        "Delete V",
    ),
    "deletion of a comment": (TICKET, "delete-comment", press("Delete comment"), "Delete this comment?"),
    "reroute": (TICKET, "reroute-dialog", press("Reroute"), "Reroute V"),
    "conflict": (TICKET, "conflict-dialog", save_what_somebody_else_saved, "was changed meanwhile"),
    "new user": (USERS, "user-dialogs", press("New user"), "New user"),
    "deletion of a node": (
        CATEGORIES,
        "delete-node-dialog",
        lambda page: page.get_by_label("Delete").first.click(),
        "Delete the category",
    ),
    "filter": ("/", "search-list", press("Queue"), "Queue"),
}


# A key, a press, an answer and a press in a list: the others open as one of these does, and are for `make long`.
@pytest.mark.parametrize("what", variants(ON_ITS_WAY, each_time={"palette", "reroute", "conflict", "filter"}))
def test_what_opens_is_not_mistaken_for_the_page_while_it_is_on_its_way(
    page_as: PageAs, make: Factory, what: str
) -> None:
    where, file, opens, title = ON_ITS_WAY[what]
    ticket = make.ticket()
    make.comment(ticket)
    page = page_as("ADMIN", where.format(ticket=ticket["displayId"]))
    expect(heading(page)).to_be_visible()
    expect(page.get_by_role("button", name="Account of")).to_be_visible()
    arrive = hold(page, file)
    opens(page)
    opener = page.evaluate_handle("document.activeElement")
    # Meant for what is coming: not SEV 1, not the choice of a status, not a new ticket, and no link is followed.
    page.keyboard.type("1sc /\n")
    arrive()
    expect(dialog(page, title)).to_be_visible()
    expect(page.get_by_role("dialog").or_(page.get_by_role("alertdialog"))).to_have_count(1)
    if what != "conflict":
        page.keyboard.press("Escape")
        expect(dialog(page, title)).to_have_count(0)
        page.wait_for_function("opener => document.activeElement === opener", arg=opener)
    expect_path(page, where.format(ticket=ticket["displayId"]))
    expect(menu(page)).to_have_count(0)
    expect(page.locator("[data-toast]")).to_have_count(0)
    if where == TICKET:
        expect(page.get_by_text("SEV 3").first).to_be_visible()
        expect(page.get_by_text("SEV 1")).to_have_count(0)


class TestWhatOpensLate:
    """Fetched, it came when one had gone on to something else."""

    @pytest.mark.parametrize(
        ("opener", "file"), [("Severity: SEV 3 Medium", "menu-list"), ("Assignee: Unassigned", "assignee-box")]
    )
    def test_leaves_the_focus_where_one_types_by_then(
        self, page_as: PageAs, make: Factory, opener: str, file: str
    ) -> None:
        page = page_as("AGENT", f"/tickets/{make.ticket()['displayId']}")
        button, comment = page.get_by_role("button", name=opener), page.get_by_role("textbox", name="Comment")
        expect(button).to_be_visible()
        arrive = hold(page, file)
        button.click()
        comment.click()
        page.keyboard.type("Lost ")
        arrive()
        page.keyboard.type("2 of 4")
        expect(comment).to_have_value("Lost 2 of 4")
        expect(comment).to_be_focused()
        expect(menu(page).or_(page.get_by_role("listbox"))).to_have_count(0)
        expect(page.get_by_role("button", name="Severity: SEV 3 Medium")).to_be_visible()
        button.click()
        expect(menu(page).or_(page.get_by_role("listbox")).first).to_be_visible()

    @pytest.mark.parametrize("focused", [True, False], ids=["elsewhere", "in Safari"])
    def test_opens_all_the_same_where_one_waited(self, page_as: PageAs, make: Factory, focused: bool) -> None:
        page = page_as("AGENT", f"/tickets/{make.ticket()['displayId']}")
        button = page.get_by_role("button", name="Severity: SEV 3 Medium")
        expect(button).to_be_visible()
        arrive = hold(page, "menu-list")
        if focused:
            button.click()
        else:
            button.dispatch_event("click")
        arrive()
        expect(menu(page).filter(has_text="SEV 3")).to_be_focused()


class TestMenuOfSeverities:
    def test_of_a_ticket_begins_at_its_own_and_takes_a_digit(
        self, page_as: PageAs, callers: Callers, make: Factory
    ) -> None:
        ticket = make.ticket(severity=4)
        page = page_as("AGENT", f"/tickets/{ticket['displayId']}")
        page.get_by_role("button", name="Severity: SEV 4 Low").focus()
        page.keyboard.press("Enter")
        expect(menu(page).filter(has_text="SEV 4")).to_be_focused()
        page.keyboard.press("3")
        expect(menu(page)).to_have_count(0)
        expect(toast(page, f"{ticket['displayId']}: SEV 3")).to_be_visible()
        button = page.get_by_role("button", name="Severity: SEV 3 Medium")
        expect(button).to_be_focused()
        assert callers["USER"].get(f"/tickets/{ticket['id']}").json()["severity"] == 3
        # Keys are held for a moment: Enter has opened it before it comes up, Space opens it then.
        for key in ("Enter", "Space"):
            page.keyboard.down(key)
            if key == "Enter":
                expect(menu(page).first).to_be_visible()
                drawn(page)
            page.keyboard.up(key)
            expect(menu(page).filter(has_text="SEV 3")).to_be_focused()
            page.keyboard.press("Escape")
            expect(button).to_be_focused()
        # What none of them has is not taken for the nearest, and Enter takes the one that it begins at.
        button.press("ArrowDown")
        expect(menu(page).filter(has_text="SEV 3")).to_be_focused()
        page.keyboard.press("7")
        page.keyboard.press("Enter")
        expect(menu(page)).to_have_count(0)
        expect(button).to_be_focused()

    def test_takes_a_digit_that_is_held_once(self, page_as: PageAs, make: Factory) -> None:
        ticket = make.ticket(severity=4)
        page = page_as("AGENT", f"/tickets/{ticket['displayId']}")
        page.get_by_role("button", name="Severity: SEV 4 Low").press("Enter")
        expect(menu(page).filter(has_text="SEV 4")).to_be_focused()
        for _ in range(4):
            page.keyboard.down("2")
            drawn(page)
        page.keyboard.up("2")
        told = page.locator("[data-toast]")
        expect(told).to_contain_text([f"{ticket['displayId']}: SEV 2"])
        told.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name="Severity: SEV 4 Low")).to_be_visible()

    def test_of_the_list_and_of_what_is_selected_there_take_a_digit(
        self, page_as: PageAs, callers: Callers, make: Factory
    ) -> None:
        route = make.route()
        tickets = [make.ticket(severity=severity, **route.ids) for severity in (2, 5)]
        page = page_as("AGENT", f"/?queue={route.category['id']}")
        expect_rows(page, tickets)
        filters = page.get_by_role("search").get_by_role("button", name="Severity")
        filters.focus()
        page.keyboard.press("Enter")
        expect(menu(page).filter(has_text="SEV 1")).to_be_focused()
        page.keyboard.press("5")
        expect_rows(page, tickets[1:])
        # One of several: the list stays open, and the same digit takes it back.
        page.keyboard.press("2")
        expect_rows(page, tickets)
        expect(page.get_by_role("menuitemcheckbox", checked=True)).to_have_count(2)
        page.keyboard.press("2")
        expect_rows(page, tickets[1:])
        page.keyboard.press("Escape")
        expect(filters).to_be_focused()
        expect(menu(page)).to_have_count(0)
        page.get_by_role("checkbox", name=f"Select {tickets[1]['displayId']}").check()
        page.get_by_role("toolbar", name="Selected tickets").get_by_role("button", name="Severity").press("Enter")
        expect(menu(page).first).to_be_focused()
        page.keyboard.press("4")
        expect(toast(page, f"{tickets[1]['displayId']}: SEV 4")).to_be_visible()
        assert callers["USER"].get(f"/tickets/{tickets[1]['id']}").json()["severity"] == 4


WINDOWS = {"desktop": DESKTOP, "low": (1000, 500), "small": (850, 500), "phone": PHONE}


class TestSingleKeys:
    def test_walk_the_list_and_come_back_to_where_one_was(self, page_as: PageAs, make: Factory) -> None:
        route = make.route()
        tickets = [make.ticket(severity=severity, **route.ids) for severity in (1, 2, 3)]
        page = page_as("AGENT", f"/?queue={route.category['id']}")
        expect_rows(page, tickets, order=True)
        link = row_of(page, tickets[1]).locator("[data-row-link]")
        for key, ticket in zip("jjk", (tickets[0], tickets[1], tickets[0]), strict=True):
            page.keyboard.press(key)
            expect(row_of(page, ticket).locator("[data-row-link]")).to_be_focused()
        page.keyboard.press("j")
        page.keyboard.press("x")
        expect(page.get_by_role("checkbox", name=f"Select {tickets[1]['displayId']}")).to_be_checked()
        page.keyboard.press("Escape")
        expect(page.get_by_role("toolbar", name="Selected tickets")).to_have_count(0)
        page.keyboard.press("Enter")
        expect(heading(page)).to_have_text(tickets[1]["title"])
        page.go_back()
        expect(link).to_be_focused()

    def test_that_are_held_walk_on_but_act_once(self, page_as: PageAs, make: Factory) -> None:
        route = make.route()
        tickets = [make.ticket(severity=severity, **route.ids) for severity in (1, 2, 3)]
        page = page_as("AGENT", f"/?queue={route.category['id']}")
        expect_rows(page, tickets, order=True)
        for key, times in (("j", 3), ("x", 2)):
            for _ in range(times):
                page.keyboard.down(key)
                drawn(page)
            page.keyboard.up(key)
        expect(row_of(page, tickets[2]).locator("[data-row-link]")).to_be_focused()
        expect(page.get_by_role("checkbox", name=f"Select {tickets[2]['displayId']}")).to_be_checked()

    def test_pressed_twice_leave_the_way_back(self, page_as: PageAs, make: Factory) -> None:
        ticket = make.ticket(severity=4)
        page = page_as("AGENT", f"/tickets/{ticket['displayId']}")
        expect(page.get_by_role("button", name="Severity: SEV 4 Low")).to_be_visible()
        page.keyboard.press("2")
        expect(page.get_by_role("button", name="Severity: SEV 2 High")).to_be_visible()
        page.keyboard.press("2")
        expect(toast(page, f"{ticket['displayId']}: SEV 2 already")).to_be_visible()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("button", name="Severity: SEV 4 Low")).to_be_visible()

    @pytest.mark.parametrize("window", variants(WINDOWS, each_time={"desktop", "small", "phone"}))
    def test_lead_to_rows_that_nothing_covers(self, page_as: PageAs, make: Factory, window: str) -> None:
        route = make.route()
        tickets = [make.ticket(**route.ids) for _ in range(24)]
        page = page_as("AGENT", f"/?queue={route.category['id']}", size=WINDOWS[window])
        expect_rows(page, tickets)
        page.keyboard.press("j")
        page.keyboard.press("x")  # the bar of what is selected
        for key in ["j"] * 23 + ["k"] * 23:
            page.keyboard.press(key)
            assert page.evaluate(UNCOVERED), has_focus(page)

    @pytest.mark.parametrize("by", variants(["key", "palette"], each_time={"key"}))
    def test_reroute_what_is_selected(self, page_as: PageAs, make: Factory, callers: Callers, by: str) -> None:
        route, target = make.route(), make.route()
        tickets = [make.ticket(**route.ids) for _ in range(2)]
        page = page_as("AGENT", f"/?queue={route.category['id']}")
        expect_rows(page, tickets)
        for key in "jxjx":
            page.keyboard.press(key)
        if by == "key":
            page.keyboard.press("m")
        else:
            page.keyboard.press("Control+k")
            page.get_by_role("combobox").fill("reroute")
            page.keyboard.press("Enter")
        find = dialog(page, "Reroute 2 tickets").get_by_role("combobox", name="Find by path")
        expect(find).to_be_focused()
        find.fill(target.path)
        expect(page.get_by_role("option", name=target.path)).to_be_visible()
        page.keyboard.press("Enter")  # this path
        page.keyboard.press("Enter")  # so be it
        expect(toast(page, f"2 tickets: rerouted to {target.path}")).to_be_visible()
        found = [callers["USER"].get(f"/tickets/{ticket['id']}").json()["item"]["id"] for ticket in tickets]
        assert found == [target.item["id"]] * 2

    def test_open_what_goes_with_its_page(self, page_as: PageAs, make: Factory) -> None:
        ticket = make.ticket()
        page = page_as("AGENT", f"/?q={ticket['displayId']}")
        row_of(page, ticket).locator("[data-row-link]").click()
        expect(heading(page)).to_have_text(ticket["title"])
        page.keyboard.press("m")
        expect(dialog(page, f"Reroute {ticket['displayId']}")).to_be_visible()
        page.go_back()
        expect(row_of(page, ticket)).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)

    def test_write_a_comment_from_its_preview_too(self, page_as: PageAs, make: Factory) -> None:
        page = page_as("USER", f"/tickets/{make.ticket()['displayId']}")
        page.get_by_role("tab", name="Preview").click()
        expect(page.get_by_role("textbox", name="Comment")).to_have_count(0)
        page.keyboard.press("r")
        expect(page.get_by_role("textbox", name="Comment")).to_be_focused()

    def test_are_listed_by_a_question_mark(self, page_as: PageAs) -> None:
        page = page_as("USER", "/")
        expect(heading(page)).to_be_visible()
        page.keyboard.press("?")
        sheet = dialog(page, "Keyboard shortcuts")
        expect(sheet).to_contain_text("Search and commands")
        # Nothing that this role may not do.
        expect(sheet).not_to_contain_text("New ticket")
        expect(sheet).not_to_contain_text("Change status")
        expect(sheet).not_to_contain_text("Categories")
        page.keyboard.press("Escape")
        expect(sheet).to_have_count(0)

    def test_sleep_while_one_types_and_in_dialogs(self, page_as: PageAs, make: Factory) -> None:
        ticket = make.ticket()
        page = page_as("AGENT", f"/tickets/{ticket['displayId']}")
        page.get_by_role("textbox", name="Comment").press_sequentially("c a 1 ? / j")
        expect(page.get_by_role("textbox", name="Comment")).to_have_value("c a 1 ? / j")
        page.get_by_role("button", name="Reroute").click()
        expect(dialog(page, f"Reroute {ticket['displayId']}")).to_be_visible()
        tab_to(page, page.get_by_role("button", name="Cancel"))
        page.keyboard.press("c")
        page.keyboard.press("1")
        expect(dialog(page, f"Reroute {ticket['displayId']}")).to_be_visible()
        expect_path(page, f"/tickets/{ticket['displayId']}")
        expect(page.locator("[data-toast]")).to_have_count(0)

    def test_sleep_while_one_is_asked_for_sure(self, page_as: PageAs, make: Factory, callers: Callers) -> None:
        ticket = make.ticket()
        callers["AGENT"].post(f"/tickets/{ticket['id']}/comments", {"body": "Asked about."})
        page = page_as("AGENT", f"/tickets/{ticket['displayId']}")
        page.get_by_role("button", name="Delete comment").click()
        question = page.get_by_role("alertdialog")
        expect(question).to_be_visible()
        for key in ("c", "1", "s"):
            page.keyboard.press(key)
        expect(question).to_be_visible()
        expect_path(page, f"/tickets/{ticket['displayId']}")
        assert callers["USER"].get(f"/tickets/{ticket['id']}").json()["severity"] == 3

    def test_can_be_switched_off(self, page_as: PageAs, make: Factory) -> None:
        ticket = make.ticket()
        page = page_as("AGENT", f"/tickets/{ticket['displayId']}")
        expect(heading(page)).to_have_text(ticket["title"])
        page.keyboard.press("?")
        switch = dialog(page, "Keyboard shortcuts").get_by_label("Shortcuts of a single key work")
        tab_to(page, switch)
        page.keyboard.press("Space")
        expect(switch).not_to_be_checked()
        page.keyboard.press("Escape")
        page.reload()
        expect(heading(page)).to_have_text(ticket["title"])
        for key in ("c", "1", "s", "?"):
            page.keyboard.press(key)
        expect_path(page, f"/tickets/{ticket['displayId']}")
        expect(page.get_by_role("button", name="Severity: SEV 3 Medium")).to_be_visible()
        # Those with Ctrl are no single keys.
        page.keyboard.press("Control+k")
        expect(dialog(page, "Search and commands")).to_be_visible()
        page.keyboard.press("Escape")

        page.goto("/profile")
        page.get_by_label("Shortcuts of a single key").check()
        page.get_by_label("Shortcuts of a single key").blur()
        page.keyboard.press("?")
        expect(dialog(page, "Keyboard shortcuts")).to_be_visible()


class TestFocus:
    def test_returns_to_what_was_pressed(self, page_as: PageAs, make: Factory) -> None:
        ticket = make.ticket()
        make.comment(ticket)
        page = page_as("AGENT", f"/tickets/{ticket['displayId']}")
        opened = {
            "Reroute": page.get_by_role("dialog", name="Reroute"),
            "Edit title": page.get_by_role("textbox", name="Title"),
            "Edit overview": page.get_by_role("textbox", name="Overview"),
            "Assignee: Unassigned": page.get_by_role("combobox", name="Assignee"),
            "Status: Open": menu(page).first,
            "Delete comment": page.get_by_role("alertdialog"),
        }
        for opener, what in opened.items():
            button = page.get_by_role("button", name=opener)
            button.focus()
            page.keyboard.press("Enter")
            expect(what).to_be_visible()
            if opener == "Assignee: Unassigned":  # its list opens a moment later, and closes first
                expect(page.get_by_role("listbox")).to_be_visible()
                page.keyboard.press("Escape")
                expect(page.get_by_role("listbox")).to_have_count(0)
            page.keyboard.press("Escape")
            expect(what).to_have_count(0)
            expect(button).to_be_focused()

    def test_returns_to_a_menu_that_led_to_a_dialog_each_time(
        self, page_as: PageAs, make: Factory, callers: Callers
    ) -> None:
        somebody = callers.create_user(role="USER", displayName=unique("Somebody "))
        for path, opener, choice, ways in (
            (f"/tickets/{make.ticket()['displayId']}", "More actions", "Delete ticket", (True, True, False)),
            ("/admin/users", f"Role of {somebody['displayName']}", "Agent", (False, False, True)),
        ):
            page = page_as("ADMIN", path)
            button = page.get_by_role("button", name=opener)
            for by_keys in ways:
                if by_keys:
                    button.press("Enter")
                    menu(page).filter(has_text=choice).press("Enter")
                else:
                    pick(page, opener, choice)
                question = page.get_by_role("alertdialog")
                expect(question).to_be_visible()
                page.keyboard.press("Escape")
                expect(question).to_have_count(0)
                expect(button).to_be_focused()

    def test_returns_to_where_the_palette_was_opened_each_time(self, page_as: PageAs) -> None:
        page = page_as("AGENT", "/my")
        button = page.get_by_role("button", name="Account of")
        button.focus()
        for _ in range(3):
            page.keyboard.press("Control+k")
            page.get_by_role("combobox", name="Search and commands").fill("shortcuts")
            arrow_to(page, page.get_by_role("option", name="Keyboard shortcuts"))
            page.keyboard.press("Enter")
            expect(dialog(page, "Keyboard shortcuts")).to_be_visible()
            page.keyboard.press("Escape")
            expect(dialog(page, "Keyboard shortcuts")).to_have_count(0)
            expect(button).to_be_focused()

    def test_stays_in_a_dialog(self, page_as: PageAs) -> None:
        page = page_as("ADMIN", "/admin/users")
        page.get_by_role("button", name="New user").focus()
        page.keyboard.press("Enter")
        form = dialog(page, "New user")
        expect(form.get_by_label("User name")).to_be_focused()
        for key in ["Tab"] * 12 + ["Shift+Tab"] * 12:
            page.keyboard.press(key)
            assert form.evaluate("dialog => dialog.contains(document.activeElement)"), has_focus(page)
        page.keyboard.press("Escape")
        expect(page.get_by_role("button", name="New user")).to_be_focused()

    @pytest.mark.parametrize("path", ["/?queue={queue}", "/tickets/{ticket}", "/new"])
    def test_is_seen_on_each_stop_and_trapped_at_none(self, page_as: PageAs, make: Factory, path: str) -> None:
        route = make.route()
        ticket = make.ticket(**route.ids)
        page = page_as("AGENT", "/login")
        # A few queues in the sidebar stand for all of them.
        page.route("**/api/cti/*", lambda held: held.fulfill(json=held.fetch().json()[:5]))
        page.goto(path.format(queue=route.category["id"], ticket=ticket["displayId"]))
        expect(heading(page)).to_be_visible()
        expect(page.get_by_role("button", name="Account of")).to_be_visible()
        stops: dict[str, bool] = {}
        for _ in range(200):
            page.keyboard.press("Tab")
            stop = page.evaluate(SEEN)
            if stop is None:
                continue  # the browser's own controls, between the last stop and the first
            if stop["what"] in stops and len(stops) > 12:
                break
            stops[stop["what"]] = stop["seen"]
        else:
            pytest.fail(f"no way around after {len(stops)} stops, at {has_focus(page)}")
        assert [what for what, seen in stops.items() if not seen] == []
        assert any("skip" in what for what in stops)

    def test_is_not_under_the_bar_of_a_ticket(self, page_as: PageAs, make: Factory) -> None:
        ticket = make.ticket()
        for _ in range(8):
            make.comment(ticket, body="See [the runbook](https://example.org) first.\n\n" + "And then wait.\n\n" * 6)
        page = page_as("ADMIN", f"/tickets/{ticket['displayId']}")
        link = page.get_by_role("link", name="the runbook").nth(4)
        link.focus()
        page.keyboard.press("Tab")
        # Where the bar is, at the top of the window.
        link.evaluate("link => scrollBy({ top: link.getBoundingClientRect().top - 8, behavior: 'instant' })")
        page.keyboard.press("Shift+Tab")
        expect(link).to_be_focused()
        assert page.evaluate(ON_TOP)


# What is drawn at the top and at the bottom of the control, and in its middle, is the row that it belongs to.
UNCOVERED = """() => {
  const row = document.activeElement.closest('tr');
  const { left, right, top, bottom } = document.activeElement.getBoundingClientRect();
  return [top + 1, (top + bottom) / 2, bottom - 1]
    .every((y) => row.contains(document.elementFromPoint((left + right) / 2, y)));
}"""

ON_TOP = """() => {
  const { left, right, top } = document.activeElement.getBoundingClientRect();
  return document.activeElement.contains(document.elementFromPoint((left + right) / 2, top + 2));
}"""

SEEN = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const ring = (at, part) => {
    const style = getComputedStyle(at, part);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== 'none';
  };
  // A ring may be drawn by what stands around a control: a row, an editor, a label.
  let seen = ring(element) || ring(element, '::after');
  for (let at = element.parentElement, up = 0; at && up < 3; at = at.parentElement, up++) seen ||= ring(at);
  return { seen, what: element.outerHTML.slice(0, 240) };
}"""
