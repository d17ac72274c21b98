"""R74-R77: users and the tree of categories, for admins and for nobody else."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import Route as BrowserRoute

from e2e.web.conftest import PageAs
from support.clients import PASSWORD, Callers
from support.factories import Factory, unique
from support.screen import choose, dialog, expect_path, heading, pick, toast


def user_row(page: Page, name: str) -> Locator:
    return page.get_by_role("table", name="Users").get_by_role("row").filter(has_text=name)


def pane(page: Page, name: str) -> Locator:
    return page.get_by_role("main").get_by_role("region", name=name)


def listed(callers: Callers, username: str) -> dict[str, Any] | None:
    users = callers["ADMIN"].get("/users").json()
    return next((user for user in users if user["username"] == username), None)


class TestUsers:
    def test_r74_are_created_edited_promoted_and_deleted(self, page_as: PageAs, callers: Callers) -> None:
        username, name = unique("ada"), unique("Ada ")
        page = page_as("ADMIN", "/admin/users")
        page.get_by_role("button", name="New user").click()
        form = dialog(page, "New user")
        for label, text in {"User name": username, "Display name": name, "E-mail": f"{username}@example.org"}.items():
            form.get_by_label(label).fill(text)
        form.get_by_label("Role").select_option(label="User")
        form.get_by_label("Password").fill(PASSWORD)
        form.get_by_role("button", name="Create user").click()
        row = user_row(page, username)
        expect(row).to_contain_text(f"{username}@example.org")
        expect(row).to_contain_text("never")
        callers.log_in(username, PASSWORD)

        page.get_by_role("button", name=f"Edit {name}").click()
        page.get_by_label("Display name").fill(f"{name} Lovelace")
        page.get_by_label("E-mail").fill(f"lovelace-{username}@example.org")
        page.get_by_role("button", name="Save").click()
        expect(row).to_contain_text(f"{name} Lovelace")

        pick(page, f"Role of {name} Lovelace", "Agent")
        role = dialog(page, f"Make {name} Lovelace Agent?")
        expect(role).to_contain_text("Works on tickets")
        role.get_by_role("button", name="Change role").click()
        expect(toast(page, f"{name} Lovelace is now Agent")).to_be_visible()
        saved = listed(callers, username)
        assert saved is not None
        assert (saved["displayName"], saved["email"], saved["role"]) == (
            f"{name} Lovelace",
            f"lovelace-{username}@example.org",
            "AGENT",
        )

        page.get_by_role("button", name=f"Delete {name} Lovelace").click()
        deletion = dialog(page, f"Delete {name} Lovelace?")
        expect(deletion).to_contain_text("It has no tickets but closed ones.")
        deletion.get_by_role("button", name="Delete user").click()
        expect(row).to_have_count(0)
        assert listed(callers, username) is None
        expect(heading(page)).to_be_focused()

    def test_r74_the_own_account_cannot_be_deleted(self, page_as: PageAs, callers: Callers) -> None:
        me = callers.new("ADMIN", displayName=unique("Me "))
        page = page_as(me, "/admin/users")
        delete = page.get_by_role("button", name=f"Delete {me.user['displayName']}")
        expect(delete).to_be_disabled()
        expect(delete).to_have_attribute("title", "You cannot delete your own account.")

    def test_r74_a_deletion_says_what_becomes_of_the_tickets(
        self, page_as: PageAs, callers: Callers, make: Factory
    ) -> None:
        ada = callers.new("AGENT", displayName=unique("Ada "))
        ticket = make.ticket(assigneeId=ada.id)
        page = page_as("ADMIN", "/admin/users")
        page.get_by_role("button", name=f"Delete {ada.user['displayName']}").click()
        deletion = dialog(page, f"Delete {ada.user['displayName']}?")
        expect(deletion).to_contain_text("1 ticket that is not closed will become unassigned.")
        deletion.get_by_role("button", name="Delete user").click()
        expect(user_row(page, ada.user["username"])).to_have_count(0)
        assert callers["USER"].get(f"/tickets/{ticket['id']}").status_code == 200

    def test_r74_a_new_password_ends_the_old_one(self, page_as: PageAs, callers: Callers) -> None:
        ada = callers.new("AGENT", displayName=unique("Ada "))
        page = page_as("ADMIN", "/admin/users")
        page.get_by_role("button", name=f"Set a new password for {ada.user['displayName']}").click()
        form = dialog(page, f"New password for {ada.user['displayName']}")
        box = form.get_by_label("New password")
        box.fill("short")
        form.get_by_role("button", name="Save").click()
        expect(box).to_have_accessible_description(re.compile("^A password has at least 12 characters"))
        expect(box).to_be_focused()
        box.fill("quite-another-secret-3")
        form.get_by_role("button", name="Save").click()
        expect(toast(page, "has a new password")).to_be_visible()
        assert ada.get("/auth/me").status_code == 401
        callers.log_in(ada.user["username"], "quite-another-secret-3")

    def test_what_is_wrong_is_said_beside_its_field(self, page_as: PageAs, callers: Callers) -> None:
        taken = callers.create_user()["username"]
        page = page_as("ADMIN", "/admin/users")
        page.get_by_role("button", name="New user").click()
        form = dialog(page, "New user")
        form.get_by_role("button", name="Create user").click()
        for label, sentence in {
            "User name": "Give the account a user name.",
            "Display name": "Say how the person is called.",
            "E-mail": "This is not an e-mail address.",
            "Password": "A password has at least 12 characters.",
        }.items():
            expect(form.get_by_label(label)).to_have_accessible_description(re.compile(f"^{re.escape(sentence)}"))
        expect(form.get_by_label("User name")).to_be_focused()

        for label, text in {
            "User name": taken,
            "Display name": "Ada",
            "E-mail": f"{unique('x')}@example.org",
            "Password": PASSWORD,
        }.items():
            form.get_by_label(label).fill(text)
        form.get_by_role("button", name="Create user").click()
        expect(form).to_contain_text(re.compile("taken|already|exists|in use", re.IGNORECASE))

    def test_are_found_by_name_and_address(self, page_as: PageAs, callers: Callers) -> None:
        ada = callers.create_user(displayName=unique("Ada "))
        page = page_as("ADMIN", "/admin/users")
        page.get_by_role("searchbox", name="Search users").fill(ada["email"])
        expect(page.get_by_role("rowheader")).to_have_count(1)
        expect(page.get_by_role("rowheader")).to_contain_text(ada["displayName"])
        page.get_by_role("searchbox", name="Search users").fill("nobody at all")
        expect(page.get_by_text("No account fits “nobody at all”.")).to_be_visible()


class TestKeys:
    def test_r75_a_new_one_is_shown_once_and_ends_the_old(self, page_as: PageAs, callers: Callers) -> None:
        robot = callers.new("SERVICE", displayName=unique("Robot "))
        name = robot.user["displayName"]
        page = page_as("ADMIN", "/admin/users", permissions=["clipboard-read", "clipboard-write"])
        page.get_by_role("button", name=f"New API key for {name}").click()
        question = dialog(page, f"New API key for {name}?")
        expect(question).to_contain_text("The old key stops now.")
        assert robot.get("/auth/me").status_code == 200
        question.get_by_role("button", name="Make a new key").click()

        shown = dialog(page, f"API key of {name}")
        shown.get_by_role("button", name="Copy API key").click()
        expect(shown.get_by_role("button", name="Copied")).to_be_visible()
        key = page.evaluate("navigator.clipboard.readText()")
        expect(shown.locator("code", has_text=key)).to_be_visible()
        assert callers.with_key(key).id == robot.id
        assert robot.get("/auth/me").status_code == 401

        # It does not go by accident.
        page.keyboard.press("Escape")
        page.mouse.click(5, 5)
        expect(shown.get_by_role("button", name="Done")).to_be_disabled()
        shown.get_by_label("I saved it").check()
        shown.get_by_role("button", name="Done").click()
        expect(shown).to_have_count(0)
        expect(heading(page)).to_be_focused()
        assert key not in page.content()
        page.reload()
        expect(user_row(page, robot.user["username"])).to_be_visible()
        assert key not in page.content()

    def test_r75_a_new_service_account_shows_its_first(self, page_as: PageAs, callers: Callers) -> None:
        username = unique("robot")
        page = page_as("ADMIN", "/admin/users")
        page.get_by_role("button", name="New user").click()
        form = dialog(page, "New user")
        form.get_by_label("Role").select_option(label="Service")
        expect(form.get_by_label("Password")).to_have_count(0)
        texts = {"User name": username, "Display name": "Robot", "E-mail": f"{username}@example.org"}
        for label, text in texts.items():
            form.get_by_label(label).fill(text)
        form.get_by_role("button", name="Create user").click()
        key = dialog(page, "API key of Robot").locator("code").last.inner_text()
        assert callers.with_key(key).user["username"] == username

    def test_r75_people_have_none(self, page_as: PageAs, callers: Callers) -> None:
        ada = callers.create_user(displayName=unique("Ada "))
        page = page_as("ADMIN", "/admin/users")
        expect(user_row(page, ada["username"])).to_be_visible()
        expect(page.get_by_role("button", name=f"New API key for {ada['displayName']}")).to_have_count(0)


class TestTree:
    def test_r76_is_made_renamed_and_deleted_level_by_level(self, page_as: PageAs, callers: Callers) -> None:
        names = {"category": unique("Cat "), "type": unique("Typ "), "item": unique("Itm ")}
        page = page_as("ADMIN", "/admin/cti")
        panes = {"category": pane(page, "Categories")}

        def add(level: str) -> None:
            panes[level].get_by_label(f"New {level}", exact=True).fill(names[level])
            panes[level].get_by_role("button", name=f"Add new {level}").click()
            expect(panes[level].get_by_role("listitem").filter(has_text=names[level])).to_be_visible()

        def rename(level: str) -> None:
            panes[level].get_by_role("button", name=f"Rename {names[level]}").click()
            panes[level].get_by_label(f"New name of {names[level]}").fill(f"{names[level]} II")
            panes[level].get_by_role("button", name="Save").click()
            names[level] += " II"
            expect(panes[level].get_by_role("button", name=f"Rename {names[level]}")).to_be_visible()

        def delete(level: str) -> None:
            panes[level].get_by_role("button", name=f"Delete {names[level]}").click()
            question = dialog(page, f"Delete the {level} “{names[level]}”?")
            expect(question).to_contain_text("0 tickets that are not closed and 0 closed ones are routed here.")
            question.get_by_role("button", name=f"Delete {level}").click()
            expect(panes[level].get_by_role("listitem").filter(has_text=names[level])).to_have_count(0)
            expect(heading(page)).to_be_focused()

        add("category")
        rename("category")
        panes["category"].get_by_role("button", name=names["category"], exact=True).click()
        panes["type"] = pane(page, f"Types of {names['category']}")
        add("type")
        rename("type")
        panes["type"].get_by_role("button", name=names["type"], exact=True).click()
        panes["item"] = pane(page, f"Items of {names['type']}")
        add("item")
        rename("item")
        for level, plural in (("category", "categories"), ("type", "types"), ("item", "items")):
            assert names[level] in {node["name"] for node in callers["USER"].get(f"/cti/{plural}").json()}
        # Where one is stands in the URL.
        page.reload()
        expect(panes["item"].get_by_role("listitem")).to_contain_text([names["item"]])

        for level in ("item", "type", "category"):
            delete(level)
        for plural in ("categories", "types", "items"):
            assert not set(names.values()) & {node["name"] for node in callers["USER"].get(f"/cti/{plural}").json()}

    def test_r76_a_deletion_says_how_many_tickets_it_touches_and_moves_them_first(
        self, page_as: PageAs, callers: Callers, make: Factory
    ) -> None:
        route, target = make.route(), make.route()
        tickets = [make.ticket(**route.ids) for _ in range(3)]
        assert callers["ADMIN"].patch(f"/tickets/{tickets[2]['id']}", {"status": "CLOSED"}).status_code == 200
        page = page_as("ADMIN", f"/admin/cti?category={route.category['id']}&type={route.type['id']}")
        items = pane(page, f"Items of {route.type['name']}")
        expect(items.get_by_role("link", name=f"2 tickets of {route.item['name']} not closed")).to_be_visible()
        items.get_by_role("button", name=f"Delete {route.item['name']}").click()
        question = dialog(page, f"Delete the item “{route.item['name']}”?")
        expect(question).to_contain_text("2 tickets that are not closed and 1 closed one are routed here.")
        question.get_by_label("Move the 2 tickets elsewhere first").check()
        choose(question, "Find by path", target.path)
        question.get_by_role("button", name="Move and delete item").click()
        expect(toast(page, f"2 tickets moved, {route.item['name']} deleted")).to_be_visible()
        after = [callers["USER"].get(f"/tickets/{ticket['id']}").json()["item"] for ticket in tickets]
        assert [item["name"] for item in after] == [target.item["name"], target.item["name"], route.item["name"]]
        assert after[2]["deleted"] is True

    def test_r76_a_deletion_waits_until_its_tickets_are_counted(self, page_as: PageAs, make: Factory) -> None:
        route = make.route()
        make.ticket(**route.ids)
        page = page_as("ADMIN", f"/admin/cti?category={route.category['id']}&type={route.type['id']}")
        delete = page.get_by_role("button", name=f"Delete {route.item['name']}")
        question = dialog(page, f"Delete the item “{route.item['name']}”?")
        confirm = question.get_by_role("button", name="Delete item")
        expect(page.get_by_role("link", name=f"1 ticket of {route.item['name']} not closed")).to_be_visible()

        held: list[BrowserRoute] = []
        page.route(re.compile(r"/api/tickets\?.*itemId="), lambda request: held.append(request))
        delete.click()
        expect(question).to_contain_text("Counting its tickets…")
        expect(confirm).to_be_disabled()
        for request in held:
            request.continue_()
        expect(question).to_contain_text("1 ticket that is not closed and 0 closed ones are routed here.")
        expect(confirm).to_be_enabled()
        page.keyboard.press("Escape")

        # What cannot be counted is said, and still up to the admin.
        page.unroute_all()
        page.route(re.compile(r"/api/tickets\?.*itemId="), lambda request: request.fulfill(status=422, json={}))
        delete.click()
        expect(question).to_contain_text("Its tickets could not be counted.")
        expect(confirm).to_be_enabled()

    def test_r76_blank_and_taken_names_are_refused_beside_the_field(self, page_as: PageAs, make: Factory) -> None:
        taken, other = make.node("categories")["name"], make.node("categories")["name"]
        page = page_as("ADMIN", "/admin/cti")
        categories = pane(page, "Categories")
        box = categories.get_by_label("New category", exact=True)
        for name, sentence in ((" ", "A name cannot be blank."), (taken, re.compile("taken|already|exists"))):
            box.fill(name)
            box.press("Enter")
            expect(box).to_have_accessible_description(sentence)
            expect(box).to_be_focused()
        # Its button is not yet elsewhere.
        box.fill("")
        box.press("Enter")
        box.press("Tab")
        expect(box).to_have_accessible_description("A name cannot be blank.")
        page.keyboard.press("Tab")
        expect(box).to_have_accessible_description("")
        categories.get_by_role("button", name=f"Rename {other}").click()
        rename = categories.get_by_label(f"New name of {other}")
        for name, sentence in ((" ", "A name cannot be blank."), (taken, re.compile("taken|already|exists"))):
            rename.fill(name)
            categories.get_by_role("button", name="Save").click()
            expect(rename).to_have_accessible_description(sentence)
            expect(rename).to_be_focused()
        rename.press("Escape")
        expect(categories.get_by_role("button", name=f"Rename {other}")).to_be_focused()


class TestOthers:
    @pytest.mark.parametrize("role", ["AGENT", "USER"])
    def test_r77_are_shown_no_way_there_and_refused(self, page_as: PageAs, role: str) -> None:
        page = page_as(role, "/")
        navigation = page.get_by_role("navigation", name="Main")
        expect(navigation.get_by_role("link", name="All tickets")).to_be_visible()
        for name in ("Users", "Categories"):
            expect(navigation.get_by_role("link", name=name, exact=True)).to_have_count(0)
        page.keyboard.press("Control+k")
        expect(page.get_by_role("option", name="My tickets")).to_be_visible()
        for name in ("Users", "Categories"):
            expect(page.get_by_role("option", name=name, exact=True)).to_have_count(0)
        page.keyboard.press("Escape")
        for path in ("/admin/users", "/admin/cti"):
            page.goto(path)
            expect(heading(page)).to_have_text("Not allowed")
            expect(page.get_by_role("heading", name="Your role does not allow this")).to_be_visible()
            expect(page.get_by_role("table")).to_have_count(0)
            expect(page.get_by_role("main").get_by_role("button")).to_have_count(0)

    def test_r77_admins_are_shown_the_way(self, page_as: PageAs) -> None:
        page = page_as("ADMIN", "/")
        navigation = page.get_by_role("navigation", name="Main")
        navigation.get_by_role("link", name="Users", exact=True).click()
        expect(heading(page)).to_have_text("Users")
        navigation.get_by_role("link", name="Categories", exact=True).click()
        expect(heading(page)).to_have_text("Categories, types and items")

    def test_r77_somebody_who_is_demoted_loses_the_pages(self, page_as: PageAs, callers: Callers) -> None:
        boss = callers.new("ADMIN")
        page = page_as(boss, "/admin/users")
        expect(heading(page)).to_have_text("Users")
        assert callers["ADMIN"].patch(f"/users/{boss.id}", {"role": "AGENT"}).status_code == 200
        page.reload()
        expect(heading(page)).to_have_text("Not allowed")


def test_the_last_admin_is_explained(page_as: PageAs) -> None:
    page = page_as("ADMIN", "/login")
    only = [
        {
            "id": "01a210af-0000-7000-8000-000000000001",
            "username": "boss",
            "displayName": "The Boss",
            "email": "boss@example.org",
            "role": "ADMIN",
            "lastLoginAt": None,
        }
    ]
    page.route("**/api/users", lambda route: route.fulfill(json=only))
    page.goto("/admin/users")
    expect(page.get_by_text("Last admin: cannot be demoted or deleted.")).to_be_visible()
    expect(page.get_by_role("button", name="Role of The Boss")).to_have_count(0)
    expect(page.get_by_role("button", name="Delete The Boss")).to_be_disabled()


def test_a_first_password_that_everybody_knows_is_told_on_every_page(page_as: PageAs) -> None:
    page = page_as("ADMIN", "/")
    notice = page.get_by_role("complementary", name="Security notice")
    expect(notice).to_contain_text("This account still has its first password")
    page.goto("/admin/cti")
    notice.get_by_role("link", name="Change it now").click()
    expect_path(page, "/profile")
    other = page_as("AGENT", "/")
    expect(heading(other)).to_be_visible()
    expect(other.get_by_role("complementary", name="Security notice")).to_have_count(0)
