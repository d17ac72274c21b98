"""R69-R73: a ticket's page, for those who read, those who work and those who administer."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from e2e.web.conftest import PageAs
from support.browser import DESKTOP, PHONE, Visits, assert_accessible
from support.clients import Caller, Callers
from support.factories import Factory
from support.screen import choose, comment_by, dialog, drawn, expect_path, heading, hurry_to, menu, pick, row_of, toast

OVERVIEW = """\
# Since this morning

| server | state |
|--------|-------|
| web1   | down  |

- [x] restarted
- [ ] looked at the logs

```sh
systemctl status web1
```

![the rack](https://example.org/rack.png) and [![built](https://example.org/built.svg)](https://example.org/builds)
"""


def path_of(ticket: dict[str, Any]) -> str:
    return f"/tickets/{ticket['displayId']}"


def read(caller: Caller, ticket: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = caller.get(f"/tickets/{ticket['id']}").json()
    return found


def fact(page: Page, button: str) -> None:
    """The fact's button says so now."""
    expect(page.get_by_role("button", name=button)).to_be_visible()


class TestReading:
    def test_r69_the_overview_is_rendered_markdown(self, page_as: PageAs, make: Factory) -> None:
        other = make.ticket()
        written = f"{OVERVIEW}\nLike {other['displayId'].lower()}."
        page = page_as("USER", path_of(make.ticket(overview=written)), permissions=["clipboard-read"])
        overview = page.get_by_role("region", name="Overview")
        expect(overview.get_by_role("heading", name="Since this morning")).to_be_visible()
        expect(overview.get_by_role("columnheader")).to_have_text(["server", "state"])
        assert overview.locator("th").first.get_attribute("scope") == "col"
        expect(overview.get_by_role("cell")).to_have_text(["web1", "down"])
        expect(overview.get_by_role("listitem")).to_have_text(
            [re.compile("done:.*restarted"), re.compile("to do:.*logs")]
        )
        expect(overview.locator("code")).to_contain_text("systemctl status web1")
        overview.get_by_role("button", name="Copy code").click()
        expect(page.locator("#announcer-polite")).to_have_text("Code copied")
        assert page.evaluate("navigator.clipboard.readText()") == "systemctl status web1"
        # 16: images are links, and a link around one is that link.
        expect(overview.locator("img")).to_have_count(0)
        for name, leads_to in (("the rack", "rack.png"), ("built", "builds")):
            expect(overview.get_by_role("link", name=name)).to_have_attribute("href", f"https://example.org/{leads_to}")
        overview.get_by_role("link", name=other["displayId"]).click()
        expect(heading(page)).to_have_text(other["title"])

    def test_r69_comments_carry_their_authors_avatar_name_role_and_time(
        self, page_as: PageAs, callers: Callers, make: Factory
    ) -> None:
        ticket = make.ticket()
        ada = callers.new("AGENT", displayName="Ada Lovelace")
        for caller in (ada, callers["SERVICE"], callers["USER"]):
            assert caller.post(f"/tickets/{ticket['id']}/comments", {"body": "Seen **it**."}).status_code == 201
        page = page_as("USER", path_of(ticket))
        comment = comment_by(page, "Ada Lovelace")
        expect(comment.locator("[data-initials]")).to_have_attribute("data-initials", "AL")
        expect(comment.locator("strong", has_text="it")).to_be_visible()
        expect(comment.get_by_text("Agent", exact=True)).to_be_visible()
        expect(comment.locator("time")).to_have_text("just now")
        expect(comment.locator("time")).to_have_attribute("title", re.compile("UTC$"))
        expect(comment_by(page, callers["USER"].user["displayName"]).get_by_text("User", exact=True)).to_be_visible()
        # Automation is told apart by more than its name.
        service = comment_by(page, callers["SERVICE"].user["displayName"])
        expect(service.get_by_text("Service", exact=True)).to_be_visible()
        expect(service.locator("svg").first).to_be_visible()
        anchor = comment.locator("time").locator("xpath=..").get_attribute("href")
        assert anchor is not None
        page.goto(path_of(ticket) + anchor)
        expect(page.locator(f"article{anchor}")).to_be_in_viewport()

    def test_deleted_people_and_nodes_keep_their_names(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        route, gone = make.route(), callers.new("AGENT", displayName="Gone Girl")
        ticket = make.ticket(**route.ids)
        gone.post(f"/tickets/{ticket['id']}/comments", {"body": "Bye."})
        assert callers["ADMIN"].delete(f"/users/{gone.id}").status_code == 204
        assert callers["ADMIN"].delete(f"/cti/items/{route.item['id']}").status_code == 204
        page = page_as("AGENT", path_of(ticket))
        expect(comment_by(page, "Gone Girl")).to_contain_text("Gone Girl (deleted)")
        expect(page.get_by_role("complementary", name="Facts")).to_contain_text(f"{route.item['name']} (deleted)")

    def test_the_number_and_the_address_can_be_copied(self, page_as: PageAs, make: Factory) -> None:
        ticket = make.ticket()
        page = page_as("USER", path_of(ticket), permissions=["clipboard-read", "clipboard-write"])
        for name, text in ((ticket["displayId"], ticket["displayId"]), ("link", page.url)):
            page.get_by_role("button", name=f"Copy {name}", exact=True).click()
            expect(page.locator("#announcer-polite")).to_have_text(f"{name} copied")
            assert page.evaluate("navigator.clipboard.readText()") == text

    def test_a_resolved_ticket_says_when_it_closes_by_itself(
        self, page_as: PageAs, callers: Callers, make: Factory
    ) -> None:
        ticket = make.ticket()
        callers["AGENT"].patch(f"/tickets/{ticket['id']}", {"status": "RESOLVED"})
        page = page_as("USER", "/login")
        page.clock.install()
        page.goto(path_of(ticket))
        expect(page.get_by_text("Closes by itself in 14 days")).to_be_visible()
        # The same page, left open: all that it had to ask has been asked.
        page.clock.fast_forward("01:00")
        page.clock.fast_forward("24:00:00")
        expect(page.get_by_text("Closes by itself in 13 days")).to_be_visible()


class TestLinkToAComment:
    @pytest.fixture(scope="class")
    @classmethod
    def discussion(cls, make: Factory) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        ticket = make.ticket(overview="Long. " * 800)
        text = "\n\n".join(f"What was seen, part {part}." for part in range(15))
        return ticket, [make.comment(ticket, text) for _ in range(24)]

    @staticmethod
    def open(page: Page, address: str) -> list[Route]:
        """The ticket, while the renderer of markdown is on its way."""
        held: list[Route] = []
        page.route(re.compile(r"/assets/markdown-(?!editor)"), lambda request: held.append(request))
        page.goto(address, wait_until="commit")  # what is held is part of the load
        expect(page.get_by_role("article")).to_have_count(24)
        expect(page.get_by_text("part 14")).to_have_count(0)
        return held

    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
    def test_leads_there_however_late_the_others_are_drawn(
        self, page_as: PageAs, discussion: tuple[dict[str, Any], list[dict[str, Any]]], size: tuple[int, int]
    ) -> None:
        ticket, comments = discussion
        page = page_as("USER", "/login", size=size)
        held = self.open(page, f"{path_of(ticket)}#comment-{comments[20]['id']}")
        comment = page.locator(f"#comment-{comments[20]['id']}")
        expect(comment).to_be_in_viewport()
        expect(comment).to_be_focused()
        for route in held:
            route.continue_()
        expect(page.get_by_text("part 14")).to_have_count(24)
        assert_at_the_top(comment)
        expect(comment).to_be_focused()
        assert_marked(page, comment)

        # One further on, by its own link: the mark goes along.
        following = page.locator(f"#comment-{comments[21]['id']}")
        following.get_by_role("link", name="just now").click()
        expect(following).to_be_focused()
        assert_marked(page, following)

    def test_leaves_alone_who_has_scrolled_away(
        self, page_as: PageAs, discussion: tuple[dict[str, Any], list[dict[str, Any]]]
    ) -> None:
        ticket, comments = discussion
        page = page_as("USER", "/login")
        held = self.open(page, f"{path_of(ticket)}#comment-{comments[20]['id']}")
        comment = page.locator(f"#comment-{comments[20]['id']}")
        expect(comment).to_be_in_viewport()
        page.mouse.move(600, 400)
        page.mouse.wheel(0, -50_000)
        expect(comment).not_to_be_in_viewport()
        for route in held:
            route.continue_()
        expect(page.get_by_text("part 14")).to_have_count(24)
        expect(comment).not_to_be_in_viewport()
        expect(heading(page)).to_be_in_viewport()


def assert_at_the_top(comment: Locator) -> None:
    """Where what one came for begins, below the page's bar."""
    drawn(comment.page)
    box = comment.bounding_box()
    assert box is not None
    assert 0 < box["y"] < 160


def assert_marked(page: Page, comment: Locator) -> None:
    """This one, and no other."""
    frames = page.get_by_role("article").locator("> :last-child")
    marked = frames.evaluate_all("all => all.filter((one) => getComputedStyle(one).boxShadow !== 'none').length")
    assert marked == 1
    expect(comment.locator("> :last-child")).not_to_have_css("box-shadow", "none")


class TestComments:
    @pytest.mark.parametrize("role", ["ADMIN", "AGENT", "USER"])
    def test_r69_everybody_writes_them_and_deletes_their_own(
        self, page_as: PageAs, callers: Callers, make: Factory, role: str
    ) -> None:
        ticket, mine = make.ticket(), callers[role].user["displayName"]
        page = page_as(role, path_of(ticket))
        page.get_by_role("textbox", name="Comment").fill("On **my** way.")
        page.get_by_role("button", name="Comment", exact=True).click()
        expect(comment_by(page, mine).locator("strong", has_text="my")).to_be_visible()
        expect(page.get_by_role("textbox", name="Comment")).to_have_value("")
        assert [comment["body"] for comment in read(callers["USER"], ticket)["comments"]] == ["On **my** way."]

        comment_by(page, mine).get_by_role("button", name="Delete comment").click()
        dialog(page, "Delete this comment?").get_by_role("button", name="Delete comment").click()
        expect(comment_by(page, mine)).to_have_count(0)
        expect(toast(page, "Comment deleted")).to_be_visible()
        expect(page.get_by_role("heading", name="Activity")).to_be_focused()
        assert read(callers["USER"], ticket)["comments"] == []

    @pytest.mark.parametrize(("role", "others"), [("USER", 0), ("AGENT", 0), ("ADMIN", 1)])
    def test_r69_those_of_others_are_deleted_by_admins_only(
        self, page_as: PageAs, callers: Callers, make: Factory, role: str, others: int
    ) -> None:
        ticket = make.ticket()
        ada = callers.new("AGENT", displayName="Ada Lovelace")
        ada.post(f"/tickets/{ticket['id']}/comments", {"body": "Mine."})
        page = page_as(role, path_of(ticket))
        expect(comment_by(page, "Ada Lovelace")).to_be_visible()
        expect(comment_by(page, "Ada Lovelace").get_by_role("button", name="Delete comment")).to_have_count(others)

    def test_a_blank_one_is_not_sent(self, page_as: PageAs, make: Factory) -> None:
        page = page_as("USER", path_of(make.ticket()))
        box = page.get_by_role("textbox", name="Comment")
        box.fill("   ")
        page.get_by_role("button", name="Comment", exact=True).click()
        expect(box).to_have_accessible_description("A comment needs some text.")
        expect(page.get_by_text("No comments yet.")).to_be_visible()

    def test_one_writes_on_where_one_wrote(self, page_as: PageAs, make: Factory) -> None:
        """What was sent stands above the box, and pushes it out of a low window."""
        page = page_as("USER", path_of(make.ticket()), size=(1280, 600))
        box = page.get_by_role("textbox", name="Comment")
        for number in range(3):
            box.fill(f"Part {number}\n\n" * 12)
            box.press("Control+Enter")
            expect(page.get_by_role("article")).to_have_count(number + 1)
            expect(box).to_be_focused()
            expect(box).to_be_in_viewport(ratio=1)

    def test_are_marked_up_previewed_and_sent_by_keys(self, page_as: PageAs, make: Factory) -> None:
        page = page_as("USER", path_of(make.ticket()))
        box = page.get_by_role("textbox", name="Comment")
        box.fill("careful")
        box.select_text()
        box.press("Control+b")
        expect(box).to_have_value("**careful**")
        composer = page.get_by_role("region", name="Add a comment")
        composer.get_by_role("tab", name="Preview").click()
        expect(composer.locator("strong", has_text="careful")).to_be_visible()
        page.keyboard.press("Control+Enter")
        expect(page.get_by_role("article").locator("strong", has_text="careful")).to_be_visible()


class TestCommentOnWhatIsDone:
    """A6: "still broken" does not die silently."""

    @pytest.mark.parametrize("status", ["RESOLVED", "CLOSED"])
    def test_a6_is_sent_with_a_reopening(self, page_as: PageAs, callers: Callers, make: Factory, status: str) -> None:
        ticket = make.ticket()
        callers["ADMIN"].patch(f"/tickets/{ticket['id']}", {"status": status})
        page = page_as("AGENT", path_of(ticket))
        box = page.get_by_role("textbox", name="Comment")
        button = page.get_by_role("button", name="Comment and reopen")
        button.click()
        expect(page.get_by_text("A comment needs some text.")).to_be_visible()
        box.fill("Still broken.")
        button.click()
        expect(toast(page, f"{ticket['displayId']}: Open")).to_be_visible()
        fact(page, "Status: Open")
        expect(button).to_have_count(0)
        expect(box).to_have_value("")
        found = read(callers["AGENT"], ticket)
        assert (found["status"], [comment["body"] for comment in found["comments"]]) == ("OPEN", ["Still broken."])

    def test_a6_of_a_user_is_shown_to_whoever_has_it(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        jo, zoe = callers.new("AGENT", displayName="Jo"), callers.new("USER", displayName="Zoe")
        ticket = make.ticket(assigneeId=jo.id)
        jo.patch(f"/tickets/{ticket['id']}", {"status": "RESOLVED"})

        page = page_as(zoe, path_of(ticket))
        expect(page.get_by_text("Resolved: Jo is shown that you commented.")).to_be_visible()
        expect(page.get_by_role("button", name="Comment and reopen")).to_have_count(0)
        page.get_by_role("textbox", name="Comment").fill("It is back.")
        page.get_by_role("button", name="Comment", exact=True).click()
        expect(comment_by(page, "Zoe")).to_be_visible()
        expect(page.get_by_role("note")).to_have_count(0)

        page = page_as(jo, "/my")
        expect(row_of(page, ticket).get_by_title("1 comment, unanswered since it was resolved")).to_be_visible()
        assert_accessible(page)
        row_of(page, ticket).get_by_role("link").click()
        note = page.get_by_role("note")
        expect(note).to_contain_text("Zoe commented after this was resolved.")
        assert_accessible(page)
        note.get_by_role("link", name="commented").click()
        expect(comment_by(page, "Zoe")).to_be_focused()
        note.get_by_role("button", name="Reopen").click()
        fact(page, "Status: Open")
        expect(note).to_have_count(0)
        page.go_back()
        page.go_back()
        expect(row_of(page, ticket).get_by_title("1 comment", exact=True)).to_be_visible()

    def test_a6_is_answered_by_a_comment(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        ticket = make.ticket()
        callers["AGENT"].patch(f"/tickets/{ticket['id']}", {"status": "RESOLVED"})
        callers["USER"].post(f"/tickets/{ticket['id']}/comments", {"body": "It is back."})
        page = page_as("AGENT", path_of(ticket))
        expect(page.get_by_role("note")).to_be_visible()
        page.get_by_role("textbox", name="Comment").fill("That is another one.")
        page.get_by_role("button", name="Comment", exact=True).click()
        expect(page.get_by_role("note")).to_have_count(0)
        fact(page, "Status: Resolved")

    def test_a6_on_a_closed_ticket_says_that_nobody_is_told(
        self, page_as: PageAs, callers: Callers, make: Factory
    ) -> None:
        ticket = make.ticket()
        callers["ADMIN"].patch(f"/tickets/{ticket['id']}", {"status": "CLOSED"})
        page = page_as("USER", path_of(ticket))
        expect(page.get_by_text("This ticket is closed: nobody is told of a comment.")).to_be_visible()


class TestEditing:
    def test_r70_every_field_as_an_agent(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        ticket, target = make.ticket(), make.route()
        page = page_as("AGENT", path_of(ticket))

        page.get_by_role("button", name="Edit title").click()
        page.get_by_role("textbox", name="Title").fill("A better title")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(heading(page)).to_have_text("A better title")

        page.get_by_role("button", name="Edit overview").click()
        page.get_by_role("textbox", name="Overview").fill("Said *better*.")
        page.get_by_role("button", name="Save overview").click()
        expect(page.get_by_role("region", name="Overview").locator("em")).to_have_text("better")

        pick(page, "Severity: SEV 3 Medium", "SEV 2")
        fact(page, "Severity: SEV 2 High")
        pick(page, "Status: Open", "In Progress")
        fact(page, "Status: In Progress")
        page.get_by_role("button", name="Assignee: Unassigned").click()
        choose(page, "Assignee", "Goddard")
        fact(page, "Assignee: Goddard")

        page.get_by_role("button", name="Reroute").click()
        reroute = dialog(page, f"Reroute {ticket['displayId']}")
        choose(reroute, "Find by path", target.path)
        # The old way beside the new one, before anything is saved.
        expect(reroute).to_contain_text(make.a_route.path)
        expect(reroute).to_contain_text(target.path)
        assert read(callers["USER"], ticket)["item"]["id"] == make.a_route.item["id"]
        reroute.get_by_role("button", name="Reroute").click()
        expect(page.get_by_role("complementary", name="Facts")).to_contain_text(target.item["name"])
        expect(toast(page, "rerouted")).to_be_visible()

        saved = read(callers["USER"], ticket)
        assert {key: saved[key] for key in ("title", "overview", "severity", "status")} == {
            "title": "A better title",
            "overview": "Said *better*.",
            "severity": 2,
            "status": "IN_PROGRESS",
        }
        assert saved["assignee"]["username"] == "goddard"
        assert [saved[key]["id"] for key in ("category", "type", "item")] == list(target.ids.values())

    def test_r70_rerouted_by_typing_at_once(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        ticket, target = make.ticket(), make.route()
        page = page_as("AGENT", path_of(ticket))
        page.get_by_role("button", name="Reroute").click()
        path = dialog(page, f"Reroute {ticket['displayId']}").get_by_role("combobox", name="Find by path")
        expect(path).to_be_focused()
        page.keyboard.type(target.item["name"])
        expect(path).to_have_value(target.item["name"])
        page.keyboard.press("Enter")
        expect(path).to_have_value(target.path)
        page.get_by_role("dialog").get_by_role("button", name="Reroute").click()
        expect(toast(page, "rerouted")).to_be_visible()
        assert read(callers["USER"], ticket)["item"]["id"] == target.item["id"]

    def test_r70_by_level_in_the_reroute_dialog(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        ticket, target = make.ticket(), make.route()
        page = page_as("AGENT", path_of(ticket))
        page.get_by_role("button", name="Reroute").click()
        reroute = dialog(page, f"Reroute {ticket['displayId']}")
        for label, node in (("Category", target.category), ("Type", target.type)):
            choose(reroute, label, node["name"])
            expect(reroute.get_by_role("button", name="Reroute")).to_be_disabled()
        choose(reroute, "Item", target.item["name"])
        reroute.get_by_role("button", name="Reroute").click()
        expect(toast(page, "rerouted")).to_be_visible()
        assert read(callers["USER"], ticket)["item"]["id"] == target.item["id"]

    def test_r70_assigned_to_oneself_at_one_press_and_back(
        self, page_as: PageAs, callers: Callers, make: Factory
    ) -> None:
        ticket, me = make.ticket(), callers["AGENT"]
        page = page_as(me, path_of(ticket))
        page.get_by_role("button", name="Assign to me").click()
        fact(page, f"Assignee: {me.user['displayName']}")
        expect(page.get_by_role("button", name="Assign to me")).to_have_count(0)
        toast(page, "assigned to").get_by_role("button", name="Undo").click()
        fact(page, "Assignee: Unassigned")
        expect(page.get_by_role("button", name="Assign to me")).to_be_visible()

    def test_r70_users_read_only(self, page_as: PageAs, make: Factory) -> None:
        ticket = make.ticket()
        page = page_as("USER", path_of(ticket))
        expect(heading(page)).to_have_text(ticket["title"])
        facts = page.get_by_role("complementary", name="Facts")
        expect(facts).to_contain_text("SEV 3")
        expect(facts.get_by_role("button")).to_have_count(0)
        for name in ("Edit title", "Edit overview", "Assign to me", "Reroute"):
            expect(page.get_by_role("button", name=name)).to_have_count(0)
        page.keyboard.press("s")
        page.keyboard.press("1")
        expect(dialog(page, f"Status of {ticket['displayId']}")).to_have_count(0)
        expect(page.locator("[data-toast]")).to_have_count(0)
        # They do comment.
        expect(page.get_by_role("textbox", name="Comment")).to_be_visible()

    @pytest.mark.parametrize("ending", ["", " and on"])
    def test_what_is_written_on_during_a_save_is_an_edit_of_what_was_saved(
        self, page_as: PageAs, callers: Callers, make: Factory, ending: str
    ) -> None:
        ticket = make.ticket()
        page = page_as(callers.new("AGENT"), path_of(ticket))
        held: list[Route] = []
        page.route(
            f"**/api{path_of(ticket)}",
            lambda route: held.append(route) if route.request.method == "PATCH" else route.fallback(),
        )
        page.get_by_role("button", name="Edit title").click()
        box = page.get_by_role("textbox", name="Title")
        box.fill("Written")
        with page.expect_request(lambda request: request.method == "PATCH"):
            box.press("Enter")
        box.press_sequentially(" and on")
        expect(box).to_have_value("Written and on")
        box.fill(f"Written{ending}")
        held[0].continue_()
        expect(toast(page, "title saved")).to_be_visible()
        page.unroute_all()
        if ending:
            expect(box).to_have_value("Written and on")
            box.press("Enter")
        expect(page.get_by_role("button", name="Edit title")).to_be_visible()
        expect(heading(page)).to_have_text(f"Written{ending}")
        assert read(callers["USER"], ticket)["title"] == f"Written{ending}"

    def test_escape_gives_up_a_title(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        ticket = make.ticket()
        page = page_as("AGENT", path_of(ticket))
        page.get_by_role("button", name="Edit title").click()
        box = page.get_by_role("textbox", name="Title")
        box.fill("Not this")
        box.press("Escape")
        expect(heading(page)).to_have_text(ticket["title"])
        expect(page.get_by_role("button", name="Edit title")).to_be_focused()
        assert read(callers["USER"], ticket)["title"] == ticket["title"]

    def test_blank_texts_are_not_saved(self, page_as: PageAs, make: Factory) -> None:
        page = page_as("AGENT", path_of(make.ticket()))
        page.get_by_role("button", name="Edit title").click()
        page.get_by_role("textbox", name="Title").fill(" ")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.get_by_role("textbox", name="Title")).to_have_accessible_description("A title cannot be blank.")
        expect(page.get_by_role("textbox", name="Title")).to_be_focused()  # 41
        page.get_by_role("button", name="Cancel").click()
        page.get_by_role("button", name="Edit overview").click()
        page.get_by_role("textbox", name="Overview").fill(" ")
        page.get_by_role("button", name="Save overview").click()
        box = page.get_by_role("textbox", name="Overview")
        expect(box).to_have_accessible_description("An overview cannot be blank.")
        expect(box).to_be_focused()


class TestClosing:
    @pytest.mark.parametrize(("role", "offered"), [("AGENT", 0), ("ADMIN", 1)])
    def test_r71_is_offered_to_admins_only(self, page_as: PageAs, make: Factory, role: str, offered: int) -> None:
        ticket = make.ticket()
        page = page_as(role, path_of(ticket))
        page.get_by_role("button", name="Status: Open").click()
        expect(menu(page).filter(has_text="Resolved")).to_be_visible()
        expect(menu(page).filter(has_text="Closed")).to_have_count(offered)
        page.keyboard.press("Escape")
        page.keyboard.press("s")
        expect(dialog(page, f"Status of {ticket['displayId']}")).to_be_visible()
        expect(page.get_by_role("option", name="Resolved")).to_be_visible()
        expect(page.get_by_role("option", name="Closed")).to_have_count(offered)

    def test_r71_is_done_by_an_admin(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        ticket = make.ticket()
        page = page_as("ADMIN", path_of(ticket))
        pick(page, "Status: Open", "Closed")
        expect(toast(page, f"{ticket['displayId']}: Closed")).to_be_visible()
        assert read(callers["USER"], ticket)["status"] == "CLOSED"

    def test_a5_agents_reopen_what_is_closed(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        ticket = make.ticket()
        callers["ADMIN"].patch(f"/tickets/{ticket['id']}", {"status": "CLOSED"})
        page = page_as("AGENT", path_of(ticket))
        pick(page, "Status: Closed", "In Progress")
        fact(page, "Status: In Progress")


class TestHistory:
    @pytest.mark.parametrize("role", ["AGENT", "USER"])
    def test_r72_says_who_did_what_when_and_opens_what_was_written(
        self, page_as: PageAs, callers: Callers, make: Factory, role: str
    ) -> None:
        ada = callers.new("AGENT", displayName="Ada Lovelace")
        ticket = make.ticket()
        ada.patch(f"/tickets/{ticket['id']}", {"status": "IN_PROGRESS"})
        ada.post(f"/tickets/{ticket['id']}/comments", {"body": "I *wrote* this."})
        page = page_as(role, path_of(ticket))
        page.get_by_role("tab", name="History").click()
        history = page.get_by_role("region", name="History")
        entries = history.get_by_role("listitem")
        # The newest first; audit hears of it a moment later, so the page may have to be asked again.
        expect(entries.first).to_contain_text("Ada Lovelace added a comment")
        expect(entries.nth(1)).to_contain_text("Ada Lovelace changed the status: Open → In Progress")
        expect(entries.last).to_contain_text("created the ticket")
        expect(entries.first.locator("time")).to_have_attribute("title", re.compile(r"\d\d:\d\d:\d\d UTC$"))

        comment = entries.first.get_by_role("button")
        expect(comment).to_have_attribute("aria-expanded", "false")
        comment.focus()
        page.keyboard.press("Enter")
        expect(comment).to_have_attribute("aria-expanded", "true")
        # As it was written: a record is not rendered.
        expect(entries.first).to_contain_text("I *wrote* this.")
        page.keyboard.press("Space")
        expect(entries.first).not_to_contain_text("I *wrote* this.")

        history.get_by_label("Show").select_option(label="Status")
        expect(entries).to_have_count(1)

    def test_r72_keeps_what_a_deleted_comment_said_and_cuts_what_is_long(
        self, page_as: PageAs, callers: Callers, make: Factory
    ) -> None:
        ticket = make.ticket()
        comment = make.comment(ticket, "word " * 300 + "the end")
        callers["AGENT"].delete(f"/tickets/{ticket['id']}/comments/{comment['id']}")
        page = page_as("AGENT", path_of(ticket))
        page.get_by_role("tab", name="History").click()
        entry = page.get_by_role("region", name="History").get_by_role("listitem").first
        entry.get_by_role("button", name="deleted a comment").click()
        expect(entry).to_contain_text("word word")
        expect(entry).not_to_contain_text("the end")
        entry.get_by_role("button", name="Show all").click()
        expect(entry).to_contain_text("the end")

    def test_is_told_together_with_the_comments_as_one_story(
        self, page_as: PageAs, callers: Callers, make: Factory
    ) -> None:
        ticket = make.ticket()
        make.comment(ticket, "First look.")
        callers["AGENT"].patch(f"/tickets/{ticket['id']}", {"severity": 1})
        page = page_as("USER", path_of(ticket))
        page.get_by_role("tab", name="Everything").click()
        story = page.get_by_role("region", name="Activity").get_by_role("tabpanel")
        expect(story).to_contain_text(
            re.compile("created the ticket.*First look.*changed the severity: SEV 3 → SEV 1", re.DOTALL)
        )


class TestDeletion:
    def test_r73_is_an_admins_after_a_confirmation(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        ticket = make.ticket()
        make.comment(ticket)
        page = page_as("ADMIN", path_of(ticket))
        pick(page, "More actions", "Delete ticket")
        confirmation = dialog(page, f"Delete {ticket['displayId']}?")
        expect(confirmation).to_contain_text("with 1 comment and its whole history. This cannot be undone.")
        confirm = confirmation.get_by_role("button", name="Delete ticket")
        expect(confirm).to_be_disabled()
        page.keyboard.press("Escape")
        expect(confirmation).to_have_count(0)
        assert callers["USER"].get(f"/tickets/{ticket['id']}").status_code == 200

        pick(page, "More actions", "Delete ticket")
        confirmation.get_by_label(f"Type {ticket['displayId']} to confirm").fill(ticket["displayId"])
        confirm.click()
        expect_path(page, "/")
        expect(toast(page, f"{ticket['displayId']} deleted")).to_be_visible()
        assert callers["USER"].get(f"/tickets/{ticket['id']}").status_code == 404
        page.goto(path_of(ticket))
        expect(page.get_by_role("heading", name=f"Ticket {ticket['displayId']} does not exist")).to_be_visible()

    def test_r73_that_fails_is_told_in_its_dialog_and_tried_again(
        self, page_as: PageAs, make: Factory, visits: Visits
    ) -> None:
        visits.allow("status of 503")
        ticket = make.ticket()
        page = page_as("ADMIN", path_of(ticket))
        asked: list[str] = []

        def refuse(route: Route) -> None:
            if route.request.method == "DELETE":
                asked.append(route.request.url)
                route.fulfill(status=503, json={"detail": "It rests."})
            else:
                route.fallback()

        page.route(f"**/api{path_of(ticket)}", refuse)
        pick(page, "More actions", "Delete ticket")
        confirmation = dialog(page, f"Delete {ticket['displayId']}?")
        confirmation.get_by_label(f"Type {ticket['displayId']} to confirm").fill(ticket["displayId"])
        confirm = confirmation.get_by_role("button", name="Delete ticket")
        confirm.dblclick()
        told = confirmation.get_by_role("alert")
        expect(told).to_have_text(f"{ticket['displayId']} was not deleted. It rests.")
        expect(page.locator("[data-toast]")).to_have_count(0)
        assert len(asked) == 1
        page.unroute_all()
        confirm.click()
        expect_path(page, "/")
        expect(toast(page, f"{ticket['displayId']} deleted")).to_be_visible()

    @pytest.mark.parametrize("role", ["AGENT", "USER"])
    def test_r73_is_not_offered_to_others(self, page_as: PageAs, make: Factory, role: str) -> None:
        page = page_as(role, path_of(make.ticket()))
        page.get_by_role("button", name="More actions").click()
        expect(menu(page).filter(has_text="Print")).to_be_visible()
        expect(menu(page).filter(has_text="Delete")).to_have_count(0)


class TestOpen:
    """A page that is open while the world goes on."""

    @staticmethod
    def ask_again(page: Page) -> None:
        page.evaluate("new BroadcastChannel('tickets').postMessage({ kind: 'changed' })")  # as another tab would

    def test_says_that_its_ticket_was_deleted(self, page_as: PageAs, callers: Callers, make: Factory) -> None:
        ticket = make.ticket()
        page = page_as("AGENT", path_of(ticket))
        expect(heading(page)).to_have_text(ticket["title"])
        assert callers["ADMIN"].delete(f"/tickets/{ticket['id']}").status_code == 204
        self.ask_again(page)
        expect(page.get_by_role("heading", name=f"Ticket {ticket['displayId']} was deleted")).to_be_visible()
        expect(page.locator("#announcer-assertive")).to_have_text(f"Ticket {ticket['displayId']} was deleted")
        expect(page.get_by_role("textbox", name="Comment")).to_have_count(0)

    def test_says_that_it_may_be_out_of_date(self, page_as: PageAs, make: Factory, visits: Visits) -> None:
        visits.allow("status of 503")
        ticket = make.ticket()
        page = page_as("AGENT", "/login")
        page.clock.install()
        page.goto(path_of(ticket))
        expect(heading(page)).to_have_text(ticket["title"])
        page.route(f"**/api{path_of(ticket)}", lambda route: route.fulfill(status=503, json={"detail": "It rests."}))
        self.ask_again(page)
        told = page.get_by_role("main").get_by_role("alert")
        hurry_to(told)
        expect(told).to_contain_text("This ticket may be out of date: It rests.")
        expect(heading(page)).to_have_text(ticket["title"])
        page.unroute_all()
        told.get_by_role("button", name="Retry").click()
        expect(told).to_have_count(0)

    def test_tells_the_comments_although_the_history_cannot_be_had(
        self, page_as: PageAs, make: Factory, visits: Visits
    ) -> None:
        visits.allow("status of 503")
        ticket = make.ticket()
        make.comment(ticket, "Still here.")
        page = page_as("AGENT", "/login")
        page.clock.install()
        page.route("**/audit", lambda route: route.fulfill(status=503, json={"detail": "It rests."}))
        page.goto(path_of(ticket))
        page.get_by_role("tab", name="Everything").click()
        story = page.get_by_role("region", name="Activity").get_by_role("tabpanel")
        hurry_to(story.get_by_role("alert"))
        expect(story).to_contain_text("Still here.")
        expect(story.get_by_role("alert")).to_contain_text("The history could not be loaded")
        page.unroute_all()
        story.get_by_role("button", name="Retry").click()
        expect(story).to_contain_text("created the ticket")


def test_it_prints_without_what_only_a_screen_needs(page_as: PageAs, make: Factory) -> None:
    ticket = make.ticket()
    page = page_as("AGENT", path_of(ticket), theme="dark")
    expect(heading(page)).to_have_text(ticket["title"])
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    expect(heading(page)).to_be_visible()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    expect(page.get_by_role("textbox", name="Comment")).to_be_hidden()


# Of the page and of each box: what stands beyond its edge, where paper ends.
CUT = """() => [...document.querySelectorAll('main, main *')]
  .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden, svg'))
  .filter((element) => element.getBoundingClientRect().right > innerWidth + 1
    || element.scrollWidth > element.clientWidth + 1 && getComputedStyle(element).overflowX !== 'visible')
  .map((element) => element.outerHTML.slice(0, 120))"""


class TestOnPaper:
    """At the width of a page, in print."""

    PAPER = (720, 1000)

    def test_nothing_of_a_text_is_cut(self, page_as: PageAs, make: Factory) -> None:
        line = f"{'word ' * 60}{'w' * 200}"
        table = f"| {' | '.join(f'column {number}' for number in range(12))} |\n|{'---|' * 12}"
        ticket = make.ticket(overview=f"```\n{line}\n```\n\n{table}\n| {' | '.join(['value' * 3] * 12)} |")
        page = page_as("AGENT", path_of(ticket), size=self.PAPER)
        page.emulate_media(media="print")
        code = page.get_by_role("region", name="Overview").locator("pre")
        expect(code).to_have_text(line)
        assert page.evaluate(CUT) == []
        facts = page.get_by_role("complementary", name="Facts")
        expect(facts).to_contain_text("SEV 3")
        expect(facts).to_contain_text("Unassigned")
        # The values of the facts are buttons, and stay.
        expect(page.locator(":not(aside *)").and_(page.get_by_role("button"))).to_have_count(0)
        expect(page.get_by_role("navigation", name="Main")).to_be_hidden()

    def test_what_one_is_writing_is_there_whole(self, page_as: PageAs, make: Factory) -> None:
        page = page_as("AGENT", path_of(make.ticket()), size=self.PAPER)
        title, overview = f"{'A long title ' * 15}ends", "\n".join(f"Line {number}" for number in range(200))
        page.get_by_role("button", name="Edit title").click()
        page.get_by_role("textbox", name="Title").fill(title)
        page.get_by_role("button", name="Edit overview").click()
        page.get_by_role("textbox", name="Overview").fill(overview)
        page.emulate_media(media="print")
        for text in (title, overview):
            expect(page.get_by_text(text).filter(visible=True)).to_have_count(1)
        assert page.evaluate(CUT) == []
        expect(page.get_by_role("textbox")).to_have_count(0)
        expect(page.get_by_role("button", name=re.compile("Save|Cancel"))).to_have_count(0)

    def test_a_list_says_how_many_it_leaves_out(self, page_as: PageAs, make: Factory) -> None:
        ticket = make.ticket()
        page = page_as("AGENT", "/login", size=self.PAPER)

        def more(route: Route) -> None:
            answer = route.fetch()
            told = {"X-Total-Count": "2501", "Link": '</tickets?cursor=more>; rel="next"'}
            if "cursor=" not in route.request.url:
                route.fulfill(response=answer, headers=answer.headers | told)

        page.route("**/api/tickets?**", more)
        page.goto(f"/?q={ticket['displayId']}")
        expect(row_of(page, ticket)).to_be_visible()
        told = page.get_by_role("main").get_by_text("1 of 2,501 tickets", exact=True)
        expect(told).to_be_hidden()
        page.emulate_media(media="print")
        expect(told).to_be_visible()
        expect(page.get_by_role("button", name=re.compile("Load"))).to_have_count(0)


def test_what_one_types_is_what_a_status_begins_with(page_as: PageAs, make: Factory, agent: Caller) -> None:
    """ "res" stands in "In Progress" too."""
    ticket = make.ticket()
    page = page_as("AGENT", f"/tickets/{ticket['displayId']}")
    expect(heading(page)).to_have_text(ticket["title"])
    page.keyboard.press("s")
    page.get_by_role("combobox", name=f"Status of {ticket['displayId']}").fill("res")
    page.keyboard.press("Enter")
    expect(toast(page, f"{ticket['displayId']}: Resolved")).to_be_visible()
    assert agent.get(f"/tickets/{ticket['id']}").json()["status"] == "RESOLVED"
