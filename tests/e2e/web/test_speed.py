"""What the client weighs, and what a long list costs: facts that hold on any machine."""

import gzip
import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, Route, expect

from devstack.client import BUILT
from e2e.web.conftest import PageAs
from support.browser import PHONE, assert_accessible
from support.copies import copies
from support.eventually import soon
from support.factories import Factory
from support.screen import heading, menu, rows, toast
from support.stack import System
from support.variants import variants

FIRST_LOAD, FILE = 200 * 1024, 300 * 1024  # bytes of JavaScript, compressed
MANY = 2_500


@pytest.fixture(scope="module")
def size_of() -> Iterator[Callable[[str, str], int]]:
    """What travels to a browser that takes this encoding. The smallest are not worth it."""
    with httpx.Client() as http:

        @cache  # pages have most of their files in common
        def size_of(url: str, encoding: str) -> int:
            with http.stream("GET", url, headers={"Accept-Encoding": encoding}) as answer:
                size = sum(map(len, answer.iter_raw()))
                assert answer.headers.get("Content-Encoding") == encoding or size < 2_000, url
                return size

        yield size_of


@pytest.mark.parametrize("path", ["/login", "/", "/tickets/{ticket}", "/new", "/admin/users", "/admin/cti", "/profile"])
def test_the_first_load_of_a_page_is_small(
    page_as: PageAs, make: Factory, size_of: Callable[[str, str], int], path: str
) -> None:
    page = page_as("ADMIN" if path != "/login" else None, "about:blank")
    asked: set[str] = set()
    page.on("request", lambda request: asked.add(request.url) if request.resource_type == "script" else None)
    page.goto(path.format(ticket=make.ticket()["displayId"]))
    expect(heading(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert len(asked) > 2
    for encoding in ("br", "gzip"):
        assert sum(size_of(url, encoding) for url in asked) <= FIRST_LOAD


def test_nothing_waits_for_what_it_does_not_need(page_as: PageAs) -> None:
    """Who is signed in is asked, once, before the code is here; the code of the page before that is answered."""
    page = page_as("AGENT", "about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/auth/me" in request.url else None)
    let_go = held(page, "**/assets/*.js")
    with page.expect_request("**/api/auth/me"):
        page.goto("/", wait_until="commit")
    let_go()
    expect(heading(page)).to_be_visible()
    assert len(asked) == 1

    let_go = held(page, "**/api/auth/me")
    with page.expect_request("**/assets/dashboard-*.js"):
        page.goto("/", wait_until="commit")
    let_go()
    expect(heading(page)).to_be_visible()


def test_the_login_page_asks_nothing(page_as: PageAs) -> None:
    """An answer that nobody takes could be handed out later, when it is true no more."""
    page = page_as(None, "about:blank")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/" in request.url else None)
    page.goto("/login")
    expect(heading(page)).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert asked == []


def held(page: Page, address: str) -> Callable[[], None]:
    """Keep these requests on their way until what this returns is called."""
    waiting: list[Route] = []
    is_open: list[bool] = []
    page.route(address, lambda route: route.continue_() if is_open else waiting.append(route))

    def let_go() -> None:
        is_open.append(True)
        for route in waiting:
            route.continue_()

    return let_go


def test_what_opens_is_fetched_when_one_is_about_to_open_it(page_as: PageAs) -> None:
    page = page_as("AGENT", "/profile")
    button = page.get_by_role("button", name="Account of")
    with page.expect_response("**/assets/menu-list-*.js"):
        button.hover()
    page.wait_for_load_state("networkidle")
    # From here on no server is needed to open it.
    page.route("**/assets/**", lambda _: None)
    button.click()
    expect(menu(page).first).to_be_focused()
    page.keyboard.press("Escape")
    expect(button).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(menu(page).last).to_be_focused()
    page.unroute_all(behavior="ignoreErrors")


OPENS: dict[str, tuple[Callable[[Page], object], str]] = {
    "menu": (lambda page: page.get_by_role("button", name="Status:").click(), "[role=menuitemradio]"),
    "dialog": (lambda page: page.get_by_role("button", name="Reroute").click(), "[role=dialog] [role=combobox]"),
    "palette": (lambda page: page.keyboard.press("Control+k"), "[role=dialog] [role=combobox]"),
}


@pytest.mark.parametrize("what", OPENS)
def test_what_has_been_fetched_is_not_held_back(page_as: PageAs, make: Factory, what: str) -> None:
    ticket = make.ticket()
    page = page_as("AGENT", "/profile")
    page.clock.install()
    page.goto(f"/tickets/{ticket['displayId']}")
    expect(heading(page)).to_have_text(ticket["title"])
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    act, seen = OPENS[what]
    act(page)
    # The page's own clock stands still but for some frames.
    for _ in range(5):
        page.clock.run_for(16)
    expect(page.locator(seen).first).to_be_attached()


def test_no_file_is_large(client: None) -> None:
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in (BUILT / "assets").glob("*.js")}
    assert len(sizes) > 10
    assert {name: size for name, size in sizes.items() if size >= FILE} == {}


def test_files_whose_names_change_are_kept_and_the_page_is_asked_for_again(client: None, stack: System) -> None:
    page = httpx.get(stack.url)
    assert page.headers["Cache-Control"] in {"no-cache", "no-store"}
    for asset in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text):
        kept = httpx.get(stack.url + asset).headers["Cache-Control"]
        assert "immutable" in kept
        assert "max-age=31536000" in kept


def test_the_page_runs_and_fetches_nothing_of_others(client: None, stack: System) -> None:
    page = httpx.get(f"{stack.url}/tickets/V123456789")
    policy = dict(part.strip().partition(" ")[::2] for part in page.headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'"
    assert policy.get("script-src", "'self'") == "'self'"
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)", page.text) == []
    assert re.findall(r"\son\w+=|javascript:|\sstyle=", page.text) == []
    assert [url for url in re.findall(r'(?:src|href)="([^"]+)"', page.text) if not url.startswith("/")] == []
    for sheet in (BUILT / "assets").glob("*.css"):
        assert re.findall(r"url\((?!['\"]?(?:data:|#|/assets/))|@import", sheet.read_text()) == [], sheet.name


class TestLongList:
    @pytest.fixture(scope="class")
    @classmethod
    def many(cls, stack: System, make: Factory) -> Iterator[dict[str, Any]]:
        """The category of tickets that were put into the database as they are: nobody was told of them."""
        route = make.route()
        pattern = make.ticket(severity=3, **route.ids)
        changed = {"title": "'Long list ' || n", "created_at": "created_at - n * interval '1 minute'"}
        with copies(stack, pattern, MANY, changed):
            yield route.category

    def test_comes_in_pages(self, page_as: PageAs, many: dict[str, Any]) -> None:
        page = page_as("AGENT", f"/?queue={many['id']}")
        expect(page.get_by_role("main").get_by_text(f"{MANY + 1:,} tickets", exact=True)).to_be_visible()
        expect(rows(page).first).to_be_visible()
        assert rows(page).count() <= 200
        button = page.get_by_role("button", name="Load more (100 of")
        button.scroll_into_view_if_needed()
        expect(button).to_have_count(0)
        expect(rows(page).nth(120)).to_be_attached()
        numbers = self.numbers(page)
        assert numbers == list(range(MANY + 1))[: len(numbers)]

    def test_lays_out_only_what_is_seen(self, page_as: PageAs, many: dict[str, Any]) -> None:
        page = page_as("AGENT", f"/?queue={many['id']}")
        expect(rows(page).nth(99)).to_be_attached()
        # A row out of sight has a place but no content: its text is not laid out.
        assert rows(page).last.evaluate("row => row.innerText") == ""
        assert self.height_of(page) > 90 * 30

    def test_6_draws_what_is_near_alone_and_all_of_it_on_paper(self, page_as: PageAs, many: dict[str, Any]) -> None:
        page = page_as("AGENT", f"/?queue={many['id']}")
        expect(page.get_by_role("table", name="All tickets")).to_have_attribute("aria-rowcount", str(MANY + 2))
        for loaded in range(100, 500, 100):
            page.get_by_role("button", name=f"Load more ({loaded} of").scroll_into_view_if_needed()
        expect(page.get_by_role("button", name="Load more (500 of")).to_be_attached()
        height = self.height_of(page)
        # All of the list has its place; few of its rows are there, and say which they are.
        expect(rows(page).first).not_to_have_attribute("aria-rowindex", "2")
        assert rows(page).count() < 300
        first, *others = self.numbers(page)
        assert others == list(range(first + 1, first + 1 + len(others)))
        expect(rows(page).first).to_have_attribute("aria-rowindex", str(first + 2))
        assert_accessible(page, only=("aria-required-children", "aria-required-parent", "aria-allowed-role"))

        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        assert self.numbers(page) == list(range(500))
        page.evaluate("dispatchEvent(new Event('afterprint'))")
        expect(rows(page).first).not_to_have_attribute("aria-rowindex", "2")

        # j begins where one looks, and back at the top everything is as it was.
        page.keyboard.press("j")
        expect(page.locator("tr[data-ticket]:focus-within")).to_be_in_viewport()
        assert page.evaluate("scrollY") > 10_000
        page.evaluate("scrollTo(0, 0)")
        expect(page.locator("tr[aria-rowindex='2'] [data-row-link]")).to_be_in_viewport()
        assert self.height_of(page) == pytest.approx(height, abs=2)

    def test_6_of_another_filter_is_seen_from_its_beginning(self, page_as: PageAs, many: dict[str, Any]) -> None:
        page = page_as("AGENT", f"/?queue={many['id']}")
        page.get_by_role("button", name="Load more (100 of").scroll_into_view_if_needed()
        expect(page.get_by_role("button", name="Load more (200 of")).to_be_attached()
        page.get_by_role("button", name="Remove filter Not closed").click()
        expect(page).to_have_url(re.compile("status=any"))
        expect(page.locator("[aria-busy=true]")).to_have_count(0)
        expect(page.locator("tr[aria-rowindex='2'] [data-row-link]")).to_be_in_viewport()

    @pytest.mark.parametrize("lost_to", variants(["a window", "the palette"], each_time={"a window"}))
    def test_6_a_row_keeps_the_focus_that_will_come_back(
        self, page_as: PageAs, many: dict[str, Any], lost_to: str
    ) -> None:
        page = page_as("AGENT", f"/?queue={many['id']}")
        expect(rows(page).first).to_be_visible()
        page.keyboard.press("j")
        page.keyboard.press("j")
        link = page.locator("tr[aria-rowindex='3'] [data-row-link]")
        expect(link).to_be_focused()
        if lost_to == "the palette":
            page.keyboard.press("Control+k")
            expect(page.get_by_role("combobox", name="Search and commands")).to_be_focused()
        else:
            # Playwright's pages all have the focus all the time.
            page.evaluate("document.hasFocus = () => false")
            link.dispatch_event("focusout")
        for loaded in range(100, 500, 100):
            button = page.get_by_role("button", name=f"Load more ({loaded} of", include_hidden=True)
            button.evaluate("button => button.scrollIntoView()")
            expect(button).to_have_count(0)
        assert page.evaluate("scrollY") > 10_000
        # Those between are not drawn; the one that one was at is.
        expect(page.locator("tr[aria-rowindex='203']")).to_have_count(0)
        expect(link).to_be_attached()
        if lost_to == "the palette":
            page.keyboard.press("Escape")
        else:
            page.evaluate("delete document.hasFocus")
        expect(link).to_be_focused()
        page.keyboard.press("s")
        number = page.locator("tr[aria-rowindex='3']").get_attribute("data-ticket")
        expect(page.get_by_role("combobox", name=f"Status of {number}")).to_be_focused()

    def test_6_leaves_room_for_cards_once_rows_are_cards(self, page_as: PageAs, many: dict[str, Any]) -> None:
        page = page_as("AGENT", f"/?queue={many['id']}")
        for loaded in (100, 200):
            page.get_by_role("button", name=f"Load more ({loaded} of").scroll_into_view_if_needed()
        expect(page.get_by_role("button", name="Load more (300 of")).to_be_attached()
        page.evaluate("scrollTo(0, 0)")
        expect(page.locator("tr[aria-rowindex='2'] [data-row-link]")).to_be_in_viewport()
        room = page.locator("tbody[role=presentation]").last
        assert room.evaluate("room => room.clientHeight") < 50 * 60
        page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        card = rows(page).first.evaluate("row => row.clientHeight")
        assert card > 80
        soon(lambda: room.evaluate("room => room.clientHeight") > 50 * card * 0.8)

    def test_takes_a_hundred_at_once_and_keeps_what_is_chosen(self, page_as: PageAs, many: dict[str, Any]) -> None:
        page = page_as("AGENT", f"/?queue={many['id']}")
        page.get_by_role("button", name="Load more (100 of").scroll_into_view_if_needed()
        chosen = page.locator("tr[aria-rowindex='142']").get_by_role("checkbox")
        chosen.check()
        bar = page.get_by_role("toolbar", name="Selected tickets")
        bar.get_by_role("button", name="Select 99 more").click()
        expect(bar).to_contain_text("100 tickets selected")
        expect(chosen).to_be_checked()

    @staticmethod
    def numbers(page: Page) -> list[int]:
        """Of the rows that are drawn, in their order; the pattern of them all is 0."""
        ends = [text.rpartition(" ")[2] for text in page.locator("[data-row-link]").all_text_contents()]
        return [int(end) if end.isdigit() else 0 for end in ends]

    @staticmethod
    def height_of(page: Page) -> float:
        height: float = page.evaluate("document.querySelector('table').getBoundingClientRect().height")
        return height

    def test_an_edit_in_it_shows_at_once(self, page_as: PageAs, many: dict[str, Any]) -> None:
        page = page_as("AGENT", f"/?queue={many['id']}")
        expect(rows(page).first).to_be_visible()
        page.route("**/api/tickets/V*", lambda held: None if held.request.method == "PATCH" else held.fallback())
        page.keyboard.press("j")
        page.keyboard.press("2")
        # Nobody has answered yet.
        expect(rows(page).first).to_contain_text("SEV 2")
        expect(toast(page, "SEV 2")).to_have_count(0)
        page.unroute_all(behavior="ignoreErrors")


def test_a_ticket_is_fetched_before_it_is_pressed(page_as: PageAs, make: Factory) -> None:
    ticket = make.ticket()
    page = page_as("AGENT", f"/?q={ticket['displayId']}")
    link = rows(page).first.locator("[data-row-link]")
    with page.expect_response(f"**/api/tickets/{ticket['displayId']}"):
        link.hover()
    # From here on no server is needed to show it.
    page.route(f"**/api/tickets/{ticket['displayId']}", lambda _: None)
    link.click()
    expect(heading(page)).to_have_text(ticket["title"])
    expect(page.get_by_role("region", name="Overview")).to_contain_text("Something broke.")
    page.unroute_all(behavior="ignoreErrors")
