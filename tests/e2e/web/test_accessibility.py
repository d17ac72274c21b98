"""WCAG 2.2 AA: every page in both themes, at every width, for every way to use it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.web.conftest import PageAs
from support.browser import PHONE, Visits, assert_accessible
from support.clients import Callers
from support.factories import Factory, Route
from support.screen import drawn, heading, hurry_to, in_view, menu, pick, rows, sign_in
from support.variants import variants

PAGES = {
    "dashboard": ("AGENT", "/?queue={queue}&status=any", "All tickets"),
    "search": ("AGENT", "/?queue={queue}&q={ticket}", "All tickets"),
    "nothing found": ("AGENT", "/?q=there-is-no-such-word", "All tickets"),
    "my tickets": ("USER", "/my", "My tickets"),
    "new ticket": ("AGENT", "/new", "New ticket"),
    "ticket": ("AGENT", "/tickets/{ticket}", "{ticket} Something wide"),
    "ticket as an admin": ("ADMIN", "/tickets/{ticket}", "{ticket} Something wide"),
    "ticket as a user": ("USER", "/tickets/{ticket}", "{ticket} Something wide"),
    "users": ("ADMIN", "/admin/users", "Users"),
    "categories": ("ADMIN", "/admin/cti?category={queue}&type={type}", "Categories, types and items"),
    "profile": ("AGENT", "/profile", "Profile"),
    "not allowed": ("USER", "/admin/users", "Not allowed"),
    "not found": ("USER", "/nowhere", "Not found"),
}

WIDE = f"""\
# Something wide

A sentence before `{"code" * 40}` and a table.

| {" | ".join(f"column {number}" for number in range(12))} |
|{"---|" * 12}
| {" | ".join(f"value{number}" * 3 for number in range(12))} |

```
{"a long line of output " * 12}
```

- [x] https://example.org/{"path/" * 40}
"""


@pytest.fixture(scope="module")
def place(callers: Callers, make: Factory) -> dict[str, str]:
    """What the addresses name: a queue with a ticket of each severity, and a ticket that has everything."""
    route = make.route()
    tickets = [make.ticket(severity=severity, **route.ids) for severity in range(1, 6)]
    callers["AGENT"].patch(f"/tickets/{tickets[4]['id']}", {"status": "RESOLVED"})
    callers["ADMIN"].patch(f"/tickets/{tickets[3]['id']}", {"status": "CLOSED"})
    ticket = make.ticket(title="Something wide", overview=WIDE, assigneeId=callers["AGENT"].id, **route.ids)
    make.comment(ticket, WIDE)
    callers["SERVICE"].post(f"/tickets/{ticket['id']}/comments", {"body": "beep"})
    callers["AGENT"].patch(f"/tickets/{ticket['id']}", {"status": "RESOLVED"})
    for role, name in (("AGENT", "Ada Wide"), ("SERVICE", "Wide Robot")):
        callers.create_user(role=role, displayName=name)
    return named(route, ticket)


def named(route: Route, ticket: dict[str, Any]) -> dict[str, str]:
    return {"queue": route.category["id"], "type": route.type["id"], "ticket": ticket["displayId"]}


def open_page(page_as: PageAs, place: dict[str, str], name: str, **options: Any) -> Page:
    role, path, _ = PAGES[name]
    page = page_as(role, "/login", **options)
    for address in ("**/api/users", "**/api/cti/*"):
        page.route(address, lambda route: route.fulfill(json=some(route.fetch().json(), place)))
    page.goto(path.format(**place))
    settle(page)
    return page


def some(found: list[dict[str, Any]], place: dict[str, str]) -> list[dict[str, Any]]:
    """The place's own, and so many others as make a page: a hundred rows more would be asked about at the same cost."""
    own = {place["queue"], place["type"], "Ada Wide", "Wide Robot"}
    return [one for number, one in enumerate(found) if number < 12 or own & {str(value) for value in one.values()}]


def settle(page: Page) -> None:
    """Until what it shows is what it will show."""
    # By its tag: an open list hides the roles of what is behind it.
    expect(page.locator("h1")).to_be_attached()
    expect(page.get_by_role("status", name=re.compile("^Loading"))).to_have_count(0)
    expect(page.locator("[class*=skeleton]")).to_have_count(0)
    expect(page.get_by_text("Counting its tickets…")).to_have_count(0)


def assert_accessible_in_both_themes(page: Page, without: tuple[str, ...] = ()) -> None:
    page.emulate_media(color_scheme="light")
    assert_accessible(page, without=without)
    # Whatever else there is to see does not depend on the theme.
    page.emulate_media(color_scheme="dark")
    drawn(page)
    assert_accessible(page, only=COLOURS)


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_on_a_page(page_as: PageAs, place: dict[str, str], name: str) -> None:
    page = open_page(page_as, place, name)
    assert_accessible_in_both_themes(page)
    # What every page has, which axe does not ask for.
    assert page.title() == f"{PAGES[name][2].format(**place)} · Tickets"
    expect(heading(page)).to_have_count(1)
    expect(page.get_by_role("banner")).to_have_count(1)
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("navigation", name="Main")).to_have_count(1)
    assert page.locator("html").get_attribute("lang") == "en"

    # Nothing is scrolled sideways, from a phone over a screen of 1280 px at 200 % to a wide one.
    for width, height in ((320, 640), (390, 844), (640, 400), (1024, 700), (1920, 1000)):
        page.set_viewport_size({"width": width, "height": height})
        expect(heading(page)).to_be_attached()
        assert page.evaluate(TOO_WIDE) == [], f"at {width} px"


def test_axe_finds_nothing_where_something_is_missing(
    page_as: PageAs, make: Factory, callers: Callers, visits: Visits
) -> None:
    """Also on a deleted ticket's page: `TestDrafts` looks at it."""
    visits.allow("net::ERR_FAILED")
    route = make.route()
    make.ticket(**route.ids)
    page = page_as(callers.new("AGENT"), "/my")
    expect(page.get_by_role("heading", name="Nothing is assigned to you")).to_be_visible()
    assert_accessible_in_both_themes(page)

    page.clock.install()
    page.goto("/new")
    page.get_by_label("Title").fill("Half written")
    page.reload()
    expect(page.get_by_text("Your unfinished ticket was kept.")).to_be_visible()
    assert_accessible_in_both_themes(page)

    page.goto(f"/?queue={route.category['id']}")
    expect(rows(page)).to_have_count(1)
    page.route("**/api/tickets?**", lambda held: held.abort())
    page.evaluate("new BroadcastChannel('tickets').postMessage({ kind: 'changed' })")  # as another tab would
    hurry_to(page.get_by_role("alert").filter(has_text="may be out of date"))
    assert_accessible_in_both_themes(page)

    page.reload()
    hurry_to(page.get_by_role("heading", name="The tickets could not be loaded"))
    assert_accessible_in_both_themes(page)


@pytest.mark.parametrize(("held", "said"), [("**/api/tickets/V*", None), ("**/assets/ticket-*.js", "Loading")])
def test_a_page_has_a_heading_before_it_is_there(page_as: PageAs, make: Factory, held: str, said: str | None) -> None:
    ticket = make.ticket()
    page = page_as("AGENT", "/profile")
    go_on: list[Callable[[], object]] = []
    page.route(held, lambda request: go_on.append(request.continue_))
    page.goto(f"/tickets/{ticket['displayId']}", wait_until="commit")
    soonest = page.get_by_role("heading", level=1)
    expect(soonest).to_have_text([said or ticket["displayId"]])
    expect(heading(page)).to_have_count(0)
    for request in go_on:
        request()
    expect(heading(page)).to_have_text([ticket["title"]])
    expect(soonest).to_have_count(1)


TOO_WIDE = """() => {
  const root = document.documentElement;
  if (root.scrollWidth <= root.clientWidth) return [];
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > root.clientWidth + 1)
    .map((element) => element.outerHTML.slice(0, 120)).slice(0, 5);
}"""


def test_axe_finds_nothing_on_the_login_page(page_as: PageAs) -> None:
    page = page_as(None, "/login?ended=true")
    expect(heading(page)).to_have_text("Sign in to Tickets")
    assert page.title() == "Sign in · Tickets"
    assert_accessible_in_both_themes(page)
    sign_in(page, "nobody", "wrong")
    expect(page.get_by_text("The user name or the password is wrong.")).to_be_visible()
    assert_accessible_in_both_themes(page)
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate(TOO_WIDE) == []


def press(name: str, *, exact: bool = False) -> Callable[[Page], object]:
    return lambda page: page.get_by_role("button", name=name, exact=exact).first.click()


def key(name: str) -> Callable[[Page], object]:
    return lambda page: page.keyboard.press(name)


def find_in_the_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.get_by_role("combobox", name="Search and commands").fill("wide")


def sign_out_with_a_draft(page: Page) -> None:
    page.get_by_role("textbox", name="Comment").fill("Not sent.")
    pick(page, "Account of", "Sign out")


def edit_what_somebody_else_edits(page: Page) -> None:
    page.get_by_role("button", name="Edit overview").click()
    page.get_by_role("textbox", name="Overview").press_sequentially("Mine. ")
    address, origin = page.url.replace("/tickets/", "/api/tickets/"), page.evaluate("location.origin")
    meanwhile = page.request.patch(address, data={"overview": f"{WIDE}\nTheirs."}, headers={"Origin": origin})
    assert meanwhile.status == 200, meanwhile.text()
    page.get_by_role("button", name="Save overview").click()


def fail_to_save(page: Page) -> None:
    page.route("**/api/tickets/V*", lambda route: route.fulfill(status=422, json={"detail": "Not like this."}))
    pick(page, "Severity:", "SEV 4")


def make_a_key(page: Page) -> None:
    page.get_by_role("button", name="New API key for Wide Robot").click()
    page.get_by_role("button", name="Make a new key").click()


def role_of(name: str, role: str) -> Callable[[Page], object]:
    def picks(page: Page) -> None:
        page.get_by_role("button", name=f"Role of {name}").first.click()
        menu(page).filter(has_text=role).click()

    return picks


def delete_what_has_tickets(page: Page) -> None:
    chosen = page.get_by_role("region", name="Categories", exact=True).locator("li:has([aria-pressed=true])")
    chosen.get_by_label("Delete").click()
    page.get_by_label("elsewhere first").check()


def show_the_detail(page: Page) -> None:
    page.get_by_role("tab", name="History").click()
    page.get_by_role("region", name="History").locator("[aria-expanded=false]").first.click()


def open_list(label: str) -> Callable[[Page], object]:
    def opens(page: Page) -> None:
        in_view(page.get_by_role("combobox", name=label, exact=True)).click()

    return opens


MENU, LIST, QUESTION, DIALOG = "[role^=menuitem]", "role=listbox", "role=alertdialog", "[role=dialog]:not([aria-busy])"
WRONG = "[aria-invalid=true]"

# Where it opens, how, and what is there from then on.
OPENED: dict[str, tuple[str, Callable[[Page], object], str]] = {
    "palette": ("dashboard", key("Control+k"), DIALOG),
    "palette that found something": ("dashboard", find_in_the_palette, "role=option[name=/Something wide/]"),
    "palette to assign": ("ticket", key("a"), DIALOG),
    "palette for the status": ("ticket", key("s"), DIALOG),
    "shortcuts": ("dashboard", key("?"), DIALOG),
    "account menu": ("dashboard", press("Account of"), MENU),
    "sign out": ("ticket", sign_out_with_a_draft, DIALOG),
    "queue filter": ("dashboard", press("Queue", exact=True), LIST),
    "status filter": ("dashboard", press("Status", exact=True), MENU),
    "severity filter": ("dashboard", press("Severity", exact=True), MENU),
    "assignee filter": ("dashboard", press("Assignee", exact=True), LIST),
    "selected tickets": (
        "dashboard",
        lambda page: page.get_by_role("checkbox").first.check(),
        "role=toolbar[name='Selected tickets']",
    ),
    "more actions": ("ticket as an admin", press("More actions"), MENU),
    "deletion of a ticket": (
        "ticket as an admin",
        lambda page: pick(page, "More actions", "Delete ticket"),
        QUESTION,
    ),
    "deletion of a comment": ("ticket", press("Delete comment"), QUESTION),
    "history": ("ticket", lambda page: page.get_by_role("tab", name="History").click(), "role=region[name='History']"),
    "detail of the history": ("ticket", show_the_detail, "role=region[name='History'] >> [aria-expanded=true]"),
    "everything": (
        "ticket",
        lambda page: page.get_by_role("tab", name="Everything").click(),
        "role=tab[name='Everything'][selected=true]",
    ),
    "preview": (
        "ticket",
        lambda page: page.get_by_role("tab", name="Preview").click(),
        "role=tab[name='Preview'][selected=true]",
    ),
    "overview editor": ("ticket", press("Edit overview"), "role=textbox[name='Overview']"),
    "title editor": ("ticket", press("Edit title"), "role=textbox[name='Title']"),
    "conflict": ("ticket", edit_what_somebody_else_edits, DIALOG),
    "assignee": ("ticket", press("Assignee:"), LIST),
    "severity": ("ticket", press("Severity:"), MENU),
    "status": ("ticket", press("Status:"), MENU),
    "reroute": ("ticket", press("Reroute"), DIALOG),
    "toast": ("ticket", lambda page: pick(page, "Severity:", "SEV 5"), "[data-toast=done]"),
    "toast of a failure": ("ticket", fail_to_save, "[data-toast=failed]"),
    "mistakes in a new ticket": ("new ticket", press("Create ticket"), WRONG),
    "category": ("new ticket", open_list("Category"), LIST),
    "assignee of a new ticket": ("new ticket", open_list("Assignee"), LIST),
    "new user": ("users", press("New user"), DIALOG),
    "mistakes in a new user": (
        "users",
        lambda page: (press("New user")(page), press("Create user")(page)),
        WRONG,
    ),
    "edited user": ("users", press("Edit Ada Wide"), DIALOG),
    "new role": ("users", role_of("Ada Wide", "User"), QUESTION),
    "new role of a service": ("users", role_of("Wide Robot", "Agent"), DIALOG),
    "new password": ("users", press("Set a new password for Ada Wide"), DIALOG),
    "new key": ("users", press("New API key for Wide Robot"), QUESTION),
    "key that is shown": ("users", make_a_key, "role=dialog[name=/API key of/]"),
    "deletion of a user": ("users", press("Delete Ada Wide"), QUESTION),
    "new name of a node": ("categories", press("Rename"), "role=textbox[name=/New name of/]"),
    "mistake in a node": ("categories", press("Add new category"), WRONG),
    "deletion of a node": ("categories", press("Delete"), QUESTION),
    "deletion of a node with tickets": ("categories", delete_what_has_tickets, "role=combobox[name='Find by path']"),
    "mistakes in a password": ("profile", press("Change password"), WRONG),
}
ON_A_PHONE: dict[str, tuple[str, Callable[[Page], object], str]] = {
    "navigation": ("dashboard", press("Open menu"), "role=navigation[name='Main']"),
    "account menu": (
        "dashboard",
        lambda page: (press("Open menu")(page), press("Account of")(page)),
        MENU,
    ),
    "facts": (
        "ticket",
        lambda page: page.get_by_role("complementary", name="Facts").get_by_role("button").first.click(),
        "role=button[name='Reroute']",
    ),
}
COLOURS = ("color-contrast", "link-in-text-block")
HIDDEN_BEHIND_A_LIST = ("aria-hidden-focus", "page-has-heading-one", "region")


@pytest.mark.long
@pytest.mark.parametrize("what", OPENED)
def test_axe_finds_nothing_in_what_opens(page_as: PageAs, place: dict[str, str], what: str) -> None:
    name, opens, opened = OPENED[what]
    page = open_page(page_as, place, name)
    open_it(page, opens, opened)
    # While its list is open, a combobox hides the rest from screen readers; leaving it with Tab closes the list first.
    of_a_combobox = opened == LIST and page.locator("[role=combobox][aria-expanded=true][aria-controls]").count() > 0
    assert_accessible_in_both_themes(page, HIDDEN_BEHIND_A_LIST if of_a_combobox else ())


@pytest.mark.long
@pytest.mark.parametrize("what", ON_A_PHONE)
def test_axe_finds_nothing_in_what_opens_on_a_phone(page_as: PageAs, place: dict[str, str], what: str) -> None:
    name, opens, opened = ON_A_PHONE[what]
    page = open_page(page_as, place, name, size=PHONE)
    open_it(page, opens, opened)
    assert_accessible_in_both_themes(page)


def open_it(page: Page, opens: Callable[[Page], object], opened: str) -> None:
    expect(page.locator(opened)).to_have_count(0)
    opens(page)
    expect(page.locator(opened).first).to_be_visible()
    settle(page)


class TestOnAPhone:
    def test_the_list_becomes_cards_and_the_navigation_a_sheet(self, page_as: PageAs, place: dict[str, str]) -> None:
        page = open_page(page_as, place, "dashboard", size=PHONE, has_touch=True)
        row = rows(page).first
        expect(row.get_by_role("link")).to_be_visible()
        box = row.bounding_box()
        assert box is not None
        assert box["height"] > 70
        expect(page.get_by_role("link", name="My tickets")).to_be_hidden()
        page.get_by_role("button", name="Open menu").tap()
        page.get_by_role("link", name="My tickets").tap()
        expect(heading(page)).to_have_text("My tickets")
        expect(page.get_by_role("link", name="My tickets")).to_be_hidden()

    @pytest.mark.parametrize("way", ["menu", "keys", "back"])
    def test_the_navigation_closes_wherever_one_goes(self, page_as: PageAs, place: dict[str, str], way: str) -> None:
        page = open_page(page_as, place, "my tickets", size=PHONE)
        page.keyboard.press("g")
        page.keyboard.press("d")
        expect(heading(page)).to_have_text("All tickets")
        page.get_by_role("button", name="Open menu").click()
        if way == "menu":
            pick(page, "Account of", "Profile and password")
        elif way == "keys":
            page.keyboard.press("g")
            page.keyboard.press("p")
        else:
            page.go_back()
        expect(heading(page)).to_have_text("My tickets" if way == "back" else "Profile")
        expect(heading(page)).to_be_focused()
        expect(page.get_by_role("button", name="Open menu")).to_be_visible()
        expect(page.get_by_role("navigation", name="Main")).to_be_hidden()

    def test_the_navigation_keeps_the_page_behind_it_out_of_reach_and_closes_on_esc(
        self, page_as: PageAs, place: dict[str, str]
    ) -> None:
        page = open_page(page_as, place, "dashboard", size=PHONE)
        opener = page.get_by_role("button", name="Open menu")
        opener.click()
        expect(page.get_by_role("navigation", name="Main")).to_be_visible()
        assert page.evaluate("document.querySelector('main').closest('[inert]') !== null")
        page.keyboard.press("Escape")
        expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
        expect(opener).to_be_focused()
        assert page.evaluate("document.querySelector('main').closest('[inert]') === null")

    def test_the_facts_are_folded_under_a_line(self, page_as: PageAs, place: dict[str, str]) -> None:
        page = open_page(page_as, place, "ticket", size=PHONE, has_touch=True)
        facts = page.get_by_role("complementary", name="Facts")
        expect(page.get_by_role("button", name="Reroute")).to_be_hidden()
        facts.get_by_role("button").first.tap()
        expect(page.get_by_role("button", name="Reroute")).to_be_visible()

    def test_what_one_presses_is_large_enough(self, page_as: PageAs, place: dict[str, str]) -> None:
        page = page_as("ADMIN", "/", size=PHONE, has_touch=True)
        for name in ("dashboard", "ticket", "new ticket", "users", "categories"):
            page.goto(PAGES[name][1].format(**place))
            settle(page)
            assert page.evaluate(SMALL) == [], name


# WCAG 2.5.8 leaves out links within sentences. The link of a row is as large as its row, by what it draws around it.
SMALL = """() => [...document.querySelectorAll('button, a[href], input, select, [role=button]')]
  .filter((element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter((element) => !element.closest('p, [class*=markdown], [class*=banner], [class*=skip], [data-row-link]'))
  .map((element) => [element, (element.closest('label') ?? element).getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && box.height > 1 && (box.width < 23.5 || box.height < 23.5))
  .map(([element, box]) => `${Math.round(box.width)}x${Math.round(box.height)} ${element.outerHTML.slice(0, 120)}`)"""


def test_one_skips_to_the_content(page_as: PageAs, place: dict[str, str]) -> None:
    page = open_page(page_as, place, "dashboard")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_tables_say_what_their_columns_are(page_as: PageAs, place: dict[str, str]) -> None:
    for name, columns in (
        ("dashboard", ["Select", "Severity", "Ticket", "Title", "Queue", "Status", "Assignee", "Comments", "Age"]),
        ("users", ["Name", "E-mail", "Role", "Last sign-in", "Actions"]),
    ):
        page = open_page(page_as, place, name)
        headers = page.get_by_role("columnheader")
        expect(headers).to_have_text(columns)
        assert set(headers.evaluate_all("cells => cells.map((cell) => cell.scope)")) == {"col"}
        # 34: each row is told by its title or name.
        expect(page.get_by_role("rowheader").first).to_have_attribute("scope", "row")


def test_what_happens_is_said_aloud(page_as: PageAs, make: Factory) -> None:
    ticket = make.ticket()
    page = page_as("AGENT", f"/?q={ticket['displayId']}")
    aloud = page.locator("#announcer-polite")
    expect(aloud).to_have_text("1 ticket")
    # 35: as many as before, of something else.
    hush = "document.getElementById('announcer-polite').replaceChildren()"
    page.evaluate(hush)
    page.get_by_role("button", name="Remove filter Not closed").click()
    expect(aloud).to_have_text("1 ticket")
    page.goto(f"/tickets/{ticket['displayId']}")
    pick(page, "Severity: SEV 3", "SEV 2")
    expect(aloud).to_have_text(f"{ticket['displayId']}: SEV 2")
    assert aloud.get_attribute("aria-live") == "polite"
    page.get_by_role("tab", name="History").click()
    page.get_by_label("Show").select_option("Severity")
    expect(aloud).to_have_text("1 entry")
    users = page_as("ADMIN", "/admin/users")
    users.get_by_role("searchbox", name="Search users").fill("goddard")
    expect(users.locator("#announcer-polite")).to_have_text("1 account")


@pytest.mark.parametrize(
    "what",
    variants(
        ["palette", "deletion of a comment", "account menu", "assignee", "category"],
        each_time={"palette", "account menu", "category"},
    ),
)
def test_what_is_said_is_heard_and_pressed_over_what_is_open(page_as: PageAs, place: dict[str, str], what: str) -> None:
    name, opens, opened = OPENED[what]
    page = open_page(page_as, place, name)
    open_it(page, opens, opened)
    out_of_reach = "element => element.closest('[inert], [aria-hidden=true]') !== null"
    expect(page.locator(":is([inert], [aria-hidden=true]) #sidebar")).to_have_count(1)
    for said in ("#announcer-polite", "#announcer-assertive", "section[aria-label=Notifications]"):
        assert not page.locator(said).evaluate(out_of_reach), said


def test_a_toast_waits_for_who_looks_at_it(page_as: PageAs, make: Factory) -> None:
    ticket = make.ticket()
    page = page_as("AGENT", f"/tickets/{ticket['displayId']}")
    expect(heading(page)).to_have_text(ticket["title"])
    page.clock.install()
    page.keyboard.press("1")
    told = page.locator("[data-toast=done]")
    told.hover()
    drawn(page)
    page.clock.fast_forward(60_000)
    expect(told).to_be_visible()
    told.get_by_role("button", name="Undo").focus()
    page.mouse.move(0, 0)
    drawn(page)
    page.clock.fast_forward(60_000)
    expect(told).to_be_visible()
    told.get_by_role("button", name="Undo").blur()
    page.clock.fast_forward(60_000)
    expect(told).to_have_count(0)


def test_a_new_sev_1_is_told_wherever_one_is(page_as: PageAs, make: Factory) -> None:
    page = page_as("AGENT", "/login")
    page.clock.install()
    page.goto("/profile")
    expect(heading(page)).to_have_text("Profile")
    page.wait_for_load_state("networkidle")
    ticket = make.ticket(severity=1)
    page.clock.run_for(31_000)
    expect(page.locator("#announcer-assertive")).to_have_text(f"New SEV 1: {ticket['title']}")
    page.get_by_role("region", name="Notifications").get_by_role("button", name="Open").click()
    expect(heading(page)).to_have_text(ticket["title"])


class TestCombobox:
    """The ARIA pattern."""

    def test_says_what_it_offers_and_what_was_chosen(self, page_as: PageAs, make: Factory) -> None:
        route = make.route()
        page = page_as("AGENT", "/new")
        box = in_view(page.get_by_role("combobox", name="Category", exact=True))
        box.fill(route.category["name"])
        expect(box).to_have_attribute("aria-expanded", "true")
        expect(box).to_have_attribute("aria-autocomplete", "list")
        listbox = page.get_by_role("listbox")
        expect(box).to_have_attribute("aria-controls", str(listbox.get_attribute("id")))
        box.press("ArrowDown")
        option = page.get_by_role("option", name=route.category["name"])
        expect(box).to_have_attribute("aria-activedescendant", str(option.get_attribute("id")))
        box.press("Enter")
        expect(box).to_have_value(route.category["name"])
        expect(box).to_have_attribute("aria-expanded", "false")
        expect(page.locator("#announcer-polite")).to_have_text(f"Category: {route.category['name']}")


class TestMotion:
    MOVING = """() => document.getAnimations()
      .filter((animation) => animation.effect.getComputedTiming().duration > 1).length
      + [...document.querySelectorAll('*')].filter((element) => {
          const style = getComputedStyle(element);
          const times = (style.transitionDuration + ',' + style.animationDuration).split(',');
          return times.some((time) => parseFloat(time) > 0.001);
        }).length"""

    def test_stops_where_one_prefers_it(self, page_as: PageAs, place: dict[str, str]) -> None:
        page = open_page(page_as, place, "ticket", reduced_motion="reduce")
        page.get_by_role("button", name="Reroute").click()
        expect(page.get_by_role("dialog").first).to_be_visible()
        assert page.evaluate(self.MOVING) == 0
        # Nor does a colour go over into the next theme's, however quickly: deep in the page it would come frames late.
        change = """document.documentElement.dataset.theme = 'dark';
          document.getAnimations().filter(animation => animation instanceof CSSTransition).length"""
        assert page.evaluate(change) == 0

    def test_is_there_otherwise(self, page_as: PageAs, place: dict[str, str]) -> None:
        page = open_page(page_as, place, "ticket", reduced_motion="no-preference")
        page.get_by_role("button", name="Reroute").click()
        assert page.evaluate(self.MOVING) > 0


class TestTheme:
    @staticmethod
    def ground(page: Page) -> str:
        colour: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        return colour

    def test_follows_the_system_until_one_chooses(self, page_as: PageAs) -> None:
        page = page_as("USER", "/profile", theme="dark")
        expect(heading(page)).to_have_text("Profile")
        root = page.locator("html")
        dark = self.ground(page)
        page.emulate_media(color_scheme="light")
        expect(root).not_to_have_css("background-color", dark)
        light = self.ground(page)
        page.get_by_role("radio", name="Dark").check()
        expect(root).to_have_css("background-color", dark)
        page.get_by_role("radio", name="As the system").check()
        expect(root).to_have_css("background-color", light)
        page.get_by_role("button", name="Theme: as the system. Switch to light").click()
        page.get_by_role("button", name="Theme: light. Switch to dark").click()
        expect(root).to_have_css("background-color", dark)

    def test_that_was_chosen_stands_before_the_first_paint(self, page_as: PageAs) -> None:
        page = page_as("USER", "/profile", theme="light")
        light = self.ground(page)
        page.get_by_role("radio", name="Dark").check()
        expect(page.locator("html")).not_to_have_css("background-color", light)
        # The application itself never comes: what is there was there before it.
        page.route("**/assets/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
        page.reload()
        expect(page.locator("html")).not_to_have_css("background-color", light)
        expect(page.locator("#root")).to_be_empty()
