"""R64-R67 and R78: the dashboard and My Tickets, what narrows them, and what a row says."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.web.conftest import PageAs
from e2e.web.test_keyboard import UNCOVERED, has_focus
from support.browser import DESKTOP, PHONE
from support.clients import Caller, Callers
from support.copies import copies
from support.eventually import soon
from support.factories import Factory, Route, unique
from support.screen import choose, dialog, drawn, expect_path, expect_rows, heading, menu, row_of, rows, toast
from support.stack import System
from support.variants import variants

SEVERITIES = {
    1: ("Critical", "Immediate action required"),
    2: ("High", "Significant impact"),
    3: ("Medium", "Standard priority"),
    4: ("Low", "Minor issue"),
    5: ("Minimal", "Informational or automated"),
}


def search_pick(page: Page, button: str, text: str) -> None:
    """A filter with a box above its list."""
    page.get_by_role("search").get_by_role("button", name=button).click()
    page.get_by_role("combobox", name=f"Find: {button}").fill(text)
    page.get_by_role("option", name=text).click()


def only_status(page: Page, *wanted: str) -> None:
    """Tick these and no others, in the order of the menu: Closed comes when perhaps nothing is ticked any more."""
    page.get_by_role("search").get_by_role("button", name="Status").click()
    for status in ("Open", "In Progress", "Resolved", "Closed"):
        if (status in wanted) == (status == "Closed"):
            menu(page).filter(has_text=status).click()
    page.keyboard.press("Escape")


def severities(page: Page, *labels: str) -> None:
    page.get_by_role("search").get_by_role("button", name="Severity").click()
    for label in labels:
        menu(page).filter(has_text=label).click()
    page.keyboard.press("Escape")


def search(page: Page, text: str) -> None:
    page.get_by_role("searchbox", name="Search tickets").fill(text)


@dataclass(frozen=True)
class Queue:
    """A queue of its own: the tickets of one test among those of all others."""

    route: Route
    agent: Caller
    mail: dict[str, Any]
    web: dict[str, Any]
    backup: dict[str, Any]
    closed: dict[str, Any]

    @property
    def path(self) -> str:
        return f"/?queue={self.route.category['id']}"

    @property
    def shown(self) -> list[dict[str, Any]]:
        """In the list's order."""
        return [self.mail, self.web, self.backup]


@pytest.fixture(scope="module")
def queue(callers: Callers, make: Factory) -> Queue:
    route, agent = make.route(), callers.new("AGENT", displayName=unique("Grace "))

    def ticket(title: str, severity: int, **changes: Any) -> dict[str, Any]:
        made = make.ticket(title=unique(title), severity=severity, **route.ids)
        if changes:
            assert callers["ADMIN"].patch(f"/tickets/{made['id']}", changes).status_code == 200
        return made

    return Queue(
        route,
        agent,
        backup=ticket("Backup failed ", 5, status="RESOLVED"),
        web=ticket("Web slow ", 2, status="IN_PROGRESS"),
        closed=ticket("Mail was down ", 1, status="CLOSED"),
        mail=ticket("Mail is down ", 1, assigneeId=agent.id),
    )


class TestOrder:
    @pytest.mark.parametrize("role", ["ADMIN", "AGENT", "USER"])
    def test_r64_is_that_of_the_api_on_the_dashboard(
        self, page_as: PageAs, callers: Callers, queue: Queue, role: str
    ) -> None:
        page = page_as(role, "/")
        expect(rows(page).first).to_be_visible()
        shown = page.locator("[data-row-link]").all_text_contents()[:100]
        query = {"limit": 100, "status": ["OPEN", "IN_PROGRESS", "RESOLVED"]}
        answer = callers[role].get("/tickets", params=query).json()
        # Not the inner text: a row that is out of sight is not laid out, and has none.
        assert [title.split() for title in shown] == [ticket["title"].split() for ticket in answer]
        severities = [ticket["severity"] for ticket in answer]
        assert severities == sorted(severities)

    def test_r64_goes_from_sev_1_to_sev_5_the_newest_first(
        self, page_as: PageAs, callers: Callers, make: Factory
    ) -> None:
        route = make.route()
        made = [make.ticket(severity=severity, **route.ids) for severity in (3, 5, 1, 3, 2, 4)]
        page = page_as("USER", f"/?queue={route.category['id']}")
        expect_rows(page, [made[index] for index in (2, 4, 3, 0, 5, 1)], order=True)


class TestQueue:
    def test_r65_shows_only_its_rows_and_stands_in_the_url(self, page_as: PageAs, make: Factory, queue: Queue) -> None:
        make.ticket(severity=1)
        page = page_as("USER", "/")
        search_pick(page, "Queue", queue.route.category["name"])
        expect_path(page, queue.path)
        expect_rows(page, queue.shown, order=True)
        page.reload()
        expect_rows(page, queue.shown, order=True)

    def test_r65_is_a_link_of_the_sidebar(self, page_as: PageAs, queue: Queue) -> None:
        page = page_as("AGENT", "/")
        link = page.get_by_role("navigation", name="Main").get_by_role("link", name=queue.route.category["name"])
        link.click()
        expect_path(page, queue.path)
        expect_rows(page, queue.shown)
        expect(link).to_have_attribute("aria-current", "page")
        # However many there are, what stands below them is in sight; folded, only the current one is left.
        assert page.locator("#queues").evaluate("list => list.clientHeight <= innerHeight / 2")
        fold = page.get_by_role("navigation", name="Main").get_by_role("button", name="Queues")
        fold.click()
        expect(page.locator("#queues").get_by_role("link")).to_have_count(1)
        expect(link).to_be_visible()
        page.reload()
        expect(fold).to_have_attribute("aria-expanded", "false")
        expect(link).to_be_visible()


class TestDeletedQueue:
    """Its tickets keep its name, and are found by it."""

    @pytest.fixture
    def ticket(self, callers: Callers, make: Factory) -> dict[str, Any]:
        route = make.route()
        ticket = make.ticket(**route.ids)
        assert callers["ADMIN"].delete(f"/cti/categories/{route.category['id']}").status_code == 204

        def told() -> dict[str, Any]:
            found: dict[str, Any] = callers["USER"].get(f"/tickets/{ticket['id']}").json()
            assert all(found[level].get("deleted") for level in ("category", "type", "item"))
            return found

        return soon(told)

    @pytest.mark.parametrize("status", ["OPEN", "CLOSED"])
    def test_is_named_where_a_ticket_leads_to_it(
        self, page_as: PageAs, callers: Callers, ticket: dict[str, Any], status: str
    ) -> None:
        if status != "OPEN":
            assert callers["ADMIN"].patch(f"/tickets/{ticket['id']}", {"status": status}).status_code == 200
        page = page_as("AGENT", f"/tickets/{ticket['displayId']}")
        page.get_by_role("navigation", name="Breadcrumb").get_by_role("link").click()
        expect_path(page, f"/?queue={ticket['category']['id']}")
        chips = page.get_by_role("list", name="Filters in use")
        chip = chips.get_by_role("button", name=f"Remove filter Queue: {ticket['category']['name']} (deleted)")
        expect(chip).to_be_visible()
        if status != "OPEN":
            expect(page.get_by_role("heading", name="No ticket fits these filters")).to_be_visible()
            chips.get_by_role("button", name="Remove filter Not closed").click()
        expect_rows(page, [ticket])
        page.reload()
        expect_rows(page, [ticket])
        expect(chip).to_be_visible()
        chip.click()
        expect(page).not_to_have_url(re.compile("queue="))

    def test_is_offered_beside_its_tickets(self, page_as: PageAs, ticket: dict[str, Any]) -> None:
        page = page_as("AGENT", f"/?q={ticket['displayId']}&type={ticket['type']['id']}")
        expect_rows(page, [ticket])
        chips = page.get_by_role("list", name="Filters in use")
        expect(chips).to_contain_text(f"Type: {ticket['type']['name']} (deleted)")
        search_pick(page, "Queue", f"{ticket['category']['name']} (deleted)")
        expect(page).to_have_url(re.compile(f"queue={ticket['category']['id']}"))
        expect_rows(page, [ticket])

    def test_that_no_ticket_tells_of_is_unknown(self, page_as: PageAs) -> None:
        page = page_as("AGENT", "/?queue=00000000-0000-4000-8000-000000000000")
        expect(page.get_by_role("heading", name="No ticket fits these filters")).to_be_visible()
        expect(page.get_by_role("button", name="Remove filter Queue: unknown")).to_be_visible()


class TestFilters:
    @pytest.mark.parametrize(
        ("narrow", "fits", "parameter"),
        [
            (lambda page, _: only_status(page, "In Progress"), ["web"], "status=IN_PROGRESS"),
            (lambda page, _: only_status(page, "Closed"), ["closed"], "status=CLOSED"),
            (lambda page, _: severities(page, "SEV 5"), ["backup"], "severity=5"),
            (lambda page, queue: search_pick(page, "Assignee", queue.agent.user["displayName"]), ["mail"], "assignee="),
            (lambda page, _: search_pick(page, "Assignee", "Unassigned"), ["web", "backup"], "assignee=none"),
            (lambda page, _: search(page, "backup"), ["backup"], "q=backup"),
        ],
        ids=["status", "closed", "severity", "assignee", "nobody", "search"],
    )
    def test_r66_each_narrows(
        self,
        page_as: PageAs,
        queue: Queue,
        narrow: Callable[[Page, Queue], None],
        fits: list[str],
        parameter: str,
    ) -> None:
        page = page_as("USER", queue.path)
        expect_rows(page, queue.shown)
        narrow(page, queue)
        expect_rows(page, [getattr(queue, name) for name in fits])
        expect(page).to_have_url(re.compile(re.escape(parameter)))

    @pytest.mark.parametrize("button", variants(["Queue", "Assignee"], each_time={"Assignee"}))
    def test_30_is_chosen_by_keys_alone(self, page_as: PageAs, queue: Queue, button: str) -> None:
        page = page_as("USER", "/")
        opener = page.get_by_role("search").get_by_role("button", name=button)
        opener.press("Enter")
        box = page.get_by_role("combobox", name=f"Find: {button}")
        expect(box).to_be_focused()
        wanted = {"Queue": queue.route.category["name"], "Assignee": queue.agent.user["displayName"]}[button]
        for _ in range(2):  # choosing what is chosen already changes nothing
            box.press_sequentially(wanted)
            expect(page.get_by_role("option")).to_have_count(1)
            page.keyboard.press("Enter")
            expect(box).to_have_count(0)
            expect(page.get_by_role("button", name=f"Remove filter {button}: {wanted}")).to_be_visible()
            expect(opener).to_be_focused()
            opener.press("Enter")

    def test_r66_several_severities_are_one_filter(self, page_as: PageAs, queue: Queue) -> None:
        page = page_as("USER", queue.path)
        severities(page, "SEV 5", "SEV 1")
        expect_rows(page, [queue.mail, queue.backup])
        expect(page).to_have_url(re.compile("severity=1&severity=5"))
        page.reload()
        expect_rows(page, [queue.mail, queue.backup])
        page.get_by_role("button", name="Remove filter SEV 1, SEV 5").click()
        expect_rows(page, queue.shown)

    def test_r66_combined_they_stand_in_the_url_and_come_off_one_by_one(self, page_as: PageAs, queue: Queue) -> None:
        page = page_as("AGENT", queue.path)
        search(page, "mail")
        expect_rows(page, [queue.mail])
        only_status(page, "Open", "In Progress", "Resolved", "Closed")
        expect_rows(page, [queue.mail, queue.closed])
        severities(page, "SEV 1")
        search_pick(page, "Assignee", queue.agent.user["displayName"])
        expect_rows(page, [queue.mail])
        expect(page.get_by_role("main").get_by_text("1 ticket", exact=True)).to_be_visible()

        # Shared: somebody else sees the same.
        other = page_as("USER", page.url)
        expect_rows(other, [queue.mail])

        chips = page.get_by_role("list", name="Filters in use")
        chips.get_by_role("button", name="Remove filter Assignee").click()
        expect_rows(page, [queue.mail, queue.closed])
        chips.get_by_role("button", name="Remove filter “mail”").click()
        expect(page.get_by_role("searchbox", name="Search tickets")).to_have_value("")
        chips.get_by_role("button", name="Remove filter SEV 1").click()
        expect_rows(page, [*queue.shown, queue.closed])
        chips.get_by_role("button", name="Clear all").click()
        expect_path(page, "/")
        page.go_back()
        expect_rows(page, [*queue.shown, queue.closed])

    def test_r66_what_nobody_has_is_some_letters_away(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        # The newest of SEV 1: both would stand in the first rows.
        free, taken = make.ticket(severity=1), make.ticket(severity=1, assigneeId=callers["AGENT"].id)
        page = page_as("AGENT", "/my")
        expect(heading(page)).to_be_visible()
        page.keyboard.press("Control+k")
        page.get_by_role("combobox", name="Search and commands").fill("triage")
        expect(page.get_by_role("option", name="Unassigned")).to_have_attribute("data-focused", "true")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Remove filter Unassigned")).to_be_visible()
        expect(row_of(page, free)).to_be_visible()
        expect(row_of(page, taken)).to_have_count(0)

    def test_what_is_shown_by_default_is_a_chip_too(self, page_as: PageAs, queue: Queue) -> None:
        page = page_as("AGENT", queue.path)
        page.get_by_role("button", name="Remove filter Not closed").click()
        expect_rows(page, [*queue.shown, queue.closed])

    def test_a_search_marks_what_it_found_and_where(self, page_as: PageAs, make: Factory) -> None:
        word = unique("needle")
        titled = make.ticket(title=f"A {word} in the title")
        inside = make.ticket(title="Nothing here", overview=f"Far down there is the {word} too.")
        page = page_as("USER", f"/?q={word}")
        expect_rows(page, [titled, inside])
        for ticket in (titled, inside):
            expect(row_of(page, ticket).locator("mark")).to_have_text(word)

    def test_5_a_search_marks_what_the_server_takes_for_the_same(self, page_as: PageAs, make: Factory) -> None:
        word = unique("ünder")
        ticket = make.ticket(title=f"Room {word}", overview="It was printed in the basement.")
        page = page_as("USER", f"/?q={word.replace('ü', 'u')}+printing")
        expect_rows(page, [ticket])
        # With its accents; by its stem; and what the title does not say, where it is said.
        expect(row_of(page, ticket).locator("mark")).to_have_text([word, "print"])

    def test_a_search_is_asked_once_the_typing_stops(self, page_as: PageAs, queue: Queue) -> None:
        page = page_as("USER", queue.path)
        expect_rows(page, queue.shown)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.get_by_role("searchbox", name="Search tickets").press_sequentially("backup", delay=5)
        expect_rows(page, [queue.backup])
        assert {url.partition("search=")[2].partition("&")[0] for url in asked if "search=" in url} == {"backup"}

    def test_the_number_of_a_ticket_leads_there(self, page_as: PageAs, queue: Queue) -> None:
        page = page_as("USER", "/")
        box = page.get_by_role("searchbox", name="Search tickets")
        box.fill(queue.mail["displayId"].lower())
        box.press("Enter")
        expect(heading(page)).to_have_text(queue.mail["title"])

    def test_5_the_number_of_a_ticket_leads_there_when_it_is_pasted(self, page_as: PageAs, queue: Queue) -> None:
        page = page_as("USER", "/", permissions=["clipboard-read", "clipboard-write"])
        page.evaluate("number => navigator.clipboard.writeText(number)", f" {queue.mail['displayId']}\n")
        page.get_by_role("searchbox", name="Search tickets").press("Control+v")
        expect(heading(page)).to_have_text(queue.mail["title"])


class TestMyTickets:
    def test_r67_are_those_assigned_to_me(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        ada, alan = callers.new("AGENT"), callers.new("AGENT")
        ada_has = [make.ticket(assigneeId=ada.id) for _ in range(2)]
        alan_has = [make.ticket(assigneeId=alan.id)]
        for person, tickets in ((ada, ada_has), (alan, alan_has)):
            page = page_as(person, "/")
            link = page.get_by_role("link", name="My tickets")
            expect(link).to_have_accessible_name(re.compile(rf"{len(tickets)} not closed"))
            link.click()
            expect_path(page, "/my")
            expect_rows(page, tickets)

    def test_r67_are_mine_whatever_the_address_says(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        ada = callers.new("AGENT")
        ticket = make.ticket(assigneeId=ada.id)
        page = page_as(ada, "/my?assignee=none")
        expect_rows(page, [ticket])
        expect(page.get_by_role("list", name="Filters in use").get_by_role("button")).to_have_text(["Not closed"])

    def test_r67_without_any_say_so_and_offer_a_way_on(self, page_as: PageAs, callers: Callers) -> None:
        page = page_as(callers.new("AGENT"), "/my")
        expect(page.get_by_role("heading", name="Nothing is assigned to you")).to_be_visible()
        page.get_by_role("link", name="Find a ticket to take").click()
        expect_path(page, "/")


class TestRow:
    def test_says_all_there_is_to_choose_by(self, page_as: PageAs, make: Factory, queue: Queue) -> None:
        make.comment(queue.mail)
        page = page_as("AGENT", queue.path)
        row = row_of(page, queue.mail)
        for text in ("SEV 1", queue.mail["displayId"], queue.mail["title"], queue.route.path, "Open", "1 comment"):
            expect(row).to_contain_text(text)
        expect(row.get_by_role("img", name=queue.agent.user["displayName"])).to_be_visible()
        age = row.locator("time")
        expect(age).to_have_text(re.compile(r"^(now|\d+m)$"))
        expect(age).to_have_attribute("title", re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC"))
        expect(row_of(page, queue.web).get_by_role("img", name="Unassigned")).to_be_visible()
        # 1: at every width.
        for width in (1000, 800, 390):
            page.set_viewport_size({"width": width, "height": 800})
            for part in ("severity", "id", "subject", "queue", "status", "assignee", "comments", "age"):
                expect(row.locator(f":is(td, th)[class*=_{part}_]"), f"{part} at {width} px").to_be_visible()

    def test_of_sev_1_weighs_more(self, page_as: PageAs, queue: Queue) -> None:
        page = page_as("AGENT", queue.path)
        weight, ground = "e => getComputedStyle(e).fontWeight", "e => getComputedStyle(e).backgroundColor"
        first, second = row_of(page, queue.mail), row_of(page, queue.web)
        assert int(first.locator("[data-row-link]").evaluate(weight)) > int(
            second.locator("[data-row-link]").evaluate(weight)
        )
        assert first.evaluate(ground) != second.evaluate(ground)

    def test_of_sev_1_that_is_resolved_weighs_no_more(self, page_as: PageAs, make: Factory, callers: Callers) -> None:
        route = make.route()
        resolved, other = (make.ticket(severity=severity, **route.ids) for severity in (1, 2))
        callers["AGENT"].patch(f"/tickets/{resolved['id']}", {"status": "RESOLVED"})
        page = page_as("AGENT", f"/?queue={route.category['id']}")
        look = """e => [e, e.querySelector('[data-row-link]')]
          .map(part => getComputedStyle(part)).map(style => style.backgroundColor + style.fontWeight)"""
        assert row_of(page, resolved).evaluate(look) == row_of(page, other).evaluate(look)

    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
    def test_is_selected_with_others_and_changed_with_them(
        self, page_as: PageAs, callers: Callers, make: Factory, size: tuple[int, int]
    ) -> None:
        route, me = make.route(), callers.new("AGENT")
        tickets = [make.ticket(**route.ids) for _ in range(3)]
        page = page_as(me, f"/?queue={route.category['id']}", size=size)
        for ticket in tickets[:2]:
            page.get_by_role("checkbox", name=f"Select {ticket['displayId']}").check()
        bar = page.get_by_role("toolbar", name="Selected tickets")
        expect(bar).to_contain_text("2 tickets selected")
        bar.get_by_role("button", name="Select all").click()
        expect(bar).to_contain_text("3 tickets selected")
        expect(bar.get_by_role("button", name="Select all")).to_have_count(0)
        bar.get_by_role("button", name="Assign to me").click()
        expect(toast(page, "3 tickets: assigned to")).to_be_visible()
        bar.get_by_role("button", name="Severity").click()
        menu(page).filter(has_text="SEV 4").click()
        expect(toast(page, "3 tickets: SEV 4")).to_be_visible()
        for ticket in tickets:
            saved = callers["USER"].get(f"/tickets/{ticket['id']}").json()
            assert (saved["assignee"]["id"], saved["severity"]) == (me.id, 4)

    def test_is_rerouted_with_others_and_back(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        def item(ticket: dict[str, Any]) -> str:
            now: dict[str, Any] = callers["USER"].get(f"/tickets/{ticket['id']}").json()
            return str(now["item"]["id"])

        word, target = unique("moved"), make.route()
        tickets = [make.ticket(title=f"{word} {number}", **make.route().ids) for number in range(2)]
        page = page_as("AGENT", f"/?q={word}&status=OPEN")
        for ticket in tickets:
            page.get_by_role("checkbox", name=f"Select {ticket['displayId']}").check()
        page.get_by_role("toolbar", name="Selected tickets").get_by_role("button", name="Reroute").click()
        reroute = dialog(page, "Reroute 2 tickets")
        expect(reroute).to_contain_text("2 different paths")
        choose(reroute, "Find by path", target.path)
        # Meanwhile they go away from the list: they are meant all the same.
        for ticket in tickets:
            callers["ADMIN"].patch(f"/tickets/{ticket['id']}", {"status": "IN_PROGRESS"})
        page.evaluate("new BroadcastChannel('tickets').postMessage({ kind: 'changed' })")  # as another tab would
        expect(rows(page)).to_have_count(0)
        reroute.get_by_role("button", name="Reroute").click()
        expect(heading(page)).to_be_focused()
        told = toast(page, f"2 tickets: rerouted to {target.path}")
        expect(told).to_be_visible()
        assert [item(ticket) for ticket in tickets] == [target.item["id"]] * 2
        told.get_by_role("button", name="Undo").click()
        expect(toast(page, "2 tickets: undone")).to_be_visible()
        assert [item(ticket) for ticket in tickets] == [ticket["item"]["id"] for ticket in tickets]

    def test_that_the_filter_hides_is_selected_no_more(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        route, word, me = make.route(), unique("seen"), callers.new("AGENT")
        seen, hidden = make.ticket(title=word, **route.ids), make.ticket(**route.ids)
        page = page_as(me, f"/?queue={route.category['id']}")
        bar = page.get_by_role("toolbar", name="Selected tickets")
        for ticket in (seen, hidden):
            page.get_by_role("checkbox", name=f"Select {ticket['displayId']}").check()
        expect(bar).to_contain_text("2 tickets selected")
        search(page, word)
        expect_rows(page, [seen])
        expect(bar).to_contain_text("1 ticket selected")
        bar.get_by_role("button", name="Assign to me").click()
        expect(toast(page, f"{seen['displayId']}: assigned to")).to_be_visible()
        assert callers["USER"].get(f"/tickets/{hidden['id']}").json()["assignee"] is None

        # To another queue by the sidebar, with the rest of what was selected.
        page.get_by_role("navigation").get_by_role("link", name=make.a_route.category["name"]).click()
        expect(heading(page)).to_be_visible()
        expect(row_of(page, seen)).to_have_count(0)
        expect(bar).to_have_count(0)

    def test_that_goes_away_is_no_target_of_the_keys(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        route = make.route()
        ticket, other = make.ticket(**route.ids), make.ticket(severity=4, **route.ids)
        page = page_as("AGENT", f"/?queue={route.category['id']}")
        expect_rows(page, [ticket, other])
        page.keyboard.press("j")
        page.keyboard.press("x")
        expect(page.get_by_role("checkbox", name=f"Select {ticket['displayId']}")).to_be_checked()
        assert callers["ADMIN"].patch(f"/tickets/{ticket['id']}", {"status": "CLOSED"}).status_code == 200
        page.evaluate("new BroadcastChannel('tickets').postMessage({ kind: 'changed' })")  # as another tab would
        expect_rows(page, [other])
        expect(page.get_by_role("toolbar", name="Selected tickets")).to_have_count(0)
        page.keyboard.press("1")
        page.keyboard.press("c")  # what comes after it has been heard
        expect(heading(page)).to_have_text("New ticket")
        assert callers["USER"].get(f"/tickets/{ticket['id']}").json()["severity"] == 3

    def test_cannot_be_selected_by_those_who_may_not_change_it(self, page_as: PageAs, queue: Queue) -> None:
        page = page_as("USER", queue.path)
        expect_rows(page, queue.shown)
        expect(page.get_by_role("checkbox")).to_have_count(0)


class TestLong:
    """What one has scrolled far down."""

    @pytest.fixture(scope="class")
    @classmethod
    def path(cls, stack: System, make: Factory) -> Iterator[str]:
        route = make.route()
        pattern = make.ticket(**route.ids)
        changed = {"created_at": "created_at - n * interval '1 minute'"}
        with copies(stack, pattern, 199, changed, words="'something broke'"):
            yield f"/?queue={route.category['id']}"

    @staticmethod
    def in_the_middle(page: Page) -> None:
        page.get_by_role("button", name="Load more (100 of").scroll_into_view_if_needed()
        expect(page.get_by_text("That is all: 200 tickets.")).to_be_attached()
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight / 2)")
        soon(lambda: page.evaluate(IN_SIGHT))
        drawn(page)

    @staticmethod
    def settled(page: Page) -> None:
        """Until nothing moves any more: eight frames after the window has changed, and those that see the change."""
        for _ in range(7):
            drawn(page)

    def test_keeps_the_heads_of_its_columns_in_sight(self, page_as: PageAs, path: str) -> None:
        page = page_as("AGENT", path)
        head = page.get_by_role("columnheader", name="Title")
        expect(head).to_be_in_viewport()
        self.in_the_middle(page)
        for size in (DESKTOP, (900, 600), (850, 600)):
            if size != DESKTOP:
                page.set_viewport_size({"width": size[0], "height": size[1]})
                self.settled(page)
            if size == (850, 600):
                # More filters, which need another row.
                search(page, "broke")
                expect(page.get_by_role("button", name="Remove filter “broke”")).to_be_visible()
                expect(page.locator("[aria-busy=true]")).to_have_count(0)
                page.evaluate("scrollTo(0, 1500)")
                drawn(page)
            assert page.evaluate("scrollY") > 1000, size
            # Nothing covers it, and nothing is seen between it and the filters.
            assert head.evaluate(HEAD_BELOW_FILTERS) == pytest.approx(0, abs=0.5), size

    def test_has_a_low_window_to_itself(self, page_as: PageAs, path: str) -> None:
        page = page_as("AGENT", path, size=(900, 420))
        self.in_the_middle(page)
        for bar in (page.get_by_role("search"), page.get_by_role("columnheader", name="Title")):
            expect(bar).not_to_be_in_viewport()
        page.keyboard.press("j")
        page.keyboard.press("x")  # the bar of what is selected
        for key in ["j"] * 12 + ["k"] * 12 + ["Tab"] * 24 + ["Shift+Tab"] * 24:
            page.keyboard.press(key)
            assert page.evaluate(UNCOVERED), has_focus(page)

    def test_has_cards_without_heads_on_a_phone(self, page_as: PageAs, path: str) -> None:
        page = page_as("AGENT", path, size=PHONE)
        expect(rows(page).first).to_be_visible()
        expect(page.get_by_role("columnheader", name="Title")).to_be_hidden()

    def test_keeps_its_place_when_the_window_changes(self, page_as: PageAs, path: str) -> None:
        page = page_as("AGENT", path)
        expect(rows(page).first).to_be_visible()
        self.in_the_middle(page)
        number, top = next(iter(page.evaluate(IN_SIGHT).items()))
        row = page.locator(f"tr[data-ticket={number}]")
        tall = row.evaluate("row => row.clientHeight")
        for width in (PHONE[0], DESKTOP[0], 1000, 850, 700, 500, DESKTOP[0]):
            page.set_viewport_size({"width": width, "height": 800})
            self.settled(page)
            assert (width <= 640) == (row.evaluate("row => row.clientHeight") > 2 * tall), width
            seen = page.evaluate(IN_SIGHT)
            assert number in seen, width
            # Lower by as much as the filters take more, at most.
            assert seen[number] == pytest.approx(top, abs=2 if width in (PHONE[0], DESKTOP[0]) else 40), width

    @pytest.mark.long
    def test_lets_one_scroll_away_while_the_window_changes(self, page_as: PageAs, path: str) -> None:
        page = page_as("AGENT", path)
        expect(rows(page).first).to_be_visible()
        self.in_the_middle(page)
        middle = page.evaluate("scrollY")
        for by, width in (("wheel", 1000), ("finger", DESKTOP[0]), ("key", 1000)):
            page.evaluate("middle => scrollTo(0, middle)", middle)
            drawn(page)
            page.evaluate(SCROLL_WHILE_IT_CHANGES, by)
            page.set_viewport_size({"width": width, "height": 800})
            number = soon(lambda: page.evaluate("window.came"))
            self.settled(page)
            assert number in page.evaluate(IN_SIGHT), by


# In the first frame after it: no hand hits it every time. Leaves the number of the row that comes in sight.
SCROLL_WHILE_IT_CHANGES = """by => {
  delete window.came;
  const signs = {
    wheel: () => new WheelEvent('wheel', { deltaY: 2000, bubbles: true }),
    finger: () => new TouchEvent('touchmove', { bubbles: true }),
    key: () => new KeyboardEvent('keydown', { key: 'PageDown', bubbles: true }),
  };
  const scroll = () => {
    document.body.dispatchEvent(signs[by]());
    scrollBy({ top: 2000, behavior: 'instant' });
    const row = document.elementFromPoint(innerWidth / 2, innerHeight / 2).closest('tr');
    window.came = row.dataset.ticket;
  };
  addEventListener('resize', () => requestAnimationFrame(() => requestAnimationFrame(scroll)), { once: true });
}"""

# Whether it is what one sees where it is drawn, and how far below the filters that is.
HEAD_BELOW_FILTERS = """head => {
  const { left, top, bottom } = head.getBoundingClientRect();
  if (document.elementFromPoint(left + 5, (top + bottom) / 2) !== head) return 'covered';
  const filters = document.querySelector('[role=search]').closest('div[class*=head]').getBoundingClientRect();
  return head.closest('thead').getBoundingClientRect().top - filters.bottom;
}"""

# The numbers of the rows that are wholly to be seen, from above, and where each stands.
IN_SIGHT = """() => {
  const seen = (row) => {
    const { left, top, bottom } = row.getBoundingClientRect();
    return [top + 3, bottom - 3].every((y) => row.contains(document.elementFromPoint(left + 60, y)));
  };
  const rows = [...document.querySelectorAll('tr[data-ticket]')].filter(seen);
  return Object.fromEntries(rows.map((row) => [row.dataset.ticket, row.getBoundingClientRect().top]));
}"""


class TestAges:
    """Whatever the hour was when the page was opened."""

    @pytest.fixture
    def age(self, page_as: PageAs, make: Factory) -> Locator:
        route = make.route()
        ticket = make.ticket(**route.ids)
        page = page_as("USER", "/login")
        page.clock.install()
        page.goto(f"/?queue={route.category['id']}")
        age = row_of(page, ticket).locator("time")
        expect(age).to_have_text("now")
        return age

    def test_go_on(self, age: Locator) -> None:
        age.page.clock.fast_forward("03:00")
        expect(age).to_have_text("3m")

    def test_rest_while_nobody_looks_and_are_right_when_somebody_does(self, age: Locator) -> None:
        page = age.page
        look(page, hidden=True)
        page.clock.fast_forward("03:00")
        drawn(page)
        expect(age).to_have_text("now")
        look(page, hidden=False)
        expect(age).to_have_text("3m")
        page.clock.fast_forward("02:00")
        expect(age).to_have_text("5m")


def test_39_times_are_local_and_utc_on_hover(page_as: PageAs, make: Factory) -> None:
    ticket = make.ticket()
    page = page_as("USER", f"/?q={ticket['displayId']}", timezone_id="Asia/Kolkata")
    told = row_of(page, ticket).locator("time").get_attribute("title")
    assert told is not None
    local, utc = told.split("\n")
    made = datetime.fromisoformat(ticket["createdAt"])
    assert utc == made.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    assert made.astimezone(ZoneInfo("Asia/Kolkata")).strftime(":%M") in local


def look(page: Page, *, hidden: bool) -> None:
    """As if another tab came to the front, or this one again."""
    page.evaluate(
        """hidden => {
          Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
          document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
        }""",
        hidden,
    )


def test_r78_each_severity_has_its_label_and_meaning(page_as: PageAs, make: Factory) -> None:
    route = make.route()
    tickets = {severity: make.ticket(severity=severity, **route.ids) for severity in SEVERITIES}
    page = page_as("AGENT", f"/?queue={route.category['id']}")
    for severity, (name, meaning) in SEVERITIES.items():
        badge = row_of(page, tickets[severity]).get_by_text(f"SEV {severity}", exact=True)
        expect(badge).to_have_attribute("title", f"{name}: {meaning}")
    page.get_by_role("search").get_by_role("button", name="Severity").click()
    expect(menu(page)).to_have_text(
        [re.compile(rf"SEV {severity}\s*{name}") for severity, (name, _) in SEVERITIES.items()]
    )


@pytest.mark.parametrize("place", ["form", "facts"])
def test_r78_the_pickers_say_what_each_severity_means(page_as: PageAs, make: Factory, place: str) -> None:
    page = page_as("AGENT", "/new" if place == "form" else f"/tickets/{make.ticket()['displayId']}")
    if place == "form":
        choices = page.get_by_role("group", name="Severity").locator("label")
    else:
        page.get_by_role("button", name="Severity: SEV 3 Medium").click()
        choices = menu(page)
    expect(choices).to_have_text(
        [re.compile(rf"SEV {severity}\s*{name}\s*{meaning}") for severity, (name, meaning) in SEVERITIES.items()]
    )


class TestEmptiness:
    def test_of_a_filter_offers_to_clear_it(self, page_as: PageAs) -> None:
        page = page_as("USER", f"/?q={unique('nowhere')}")
        expect(page.get_by_role("heading", name="No ticket fits these filters")).to_be_visible()
        page.get_by_role("button", name="Clear all filters").click()
        expect_path(page, "/")

    @pytest.mark.parametrize(
        ("role", "action"), [("AGENT", "New ticket"), ("USER", "Show closed tickets")], ids=["agent", "user"]
    )
    def test_of_everything_offers_what_one_may_do(self, page_as: PageAs, role: str, action: str) -> None:
        page = page_as(role, "/login")
        page.route("**/api/tickets?**", lambda route: route.fulfill(json=[], headers={"X-Total-Count": "0"}))
        page.goto("/")
        expect(page.get_by_role("heading", name="Nothing to do")).to_be_visible()
        expect(page.get_by_role("main").get_by_role("link", name=action)).to_be_visible()


@pytest.mark.parametrize("nonsense", ["status=open", "status=LOST&status=FOUND", "q=a&q=b", "severity=high"])
def test_3_nonsense_in_the_address_is_no_filter(page_as: PageAs, make: Factory, nonsense: str) -> None:
    ticket = make.ticket(severity=1)
    page = page_as("AGENT", f"/?queue={ticket['categoryId']}&{nonsense}")
    expect(row_of(page, ticket)).to_be_visible()
