"""R68: a ticket is made by those who may, routed by category, type and item."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from e2e.web.conftest import PageAs
from support.clients import Callers
from support.eventually import soon
from support.factories import Factory, unique
from support.screen import choose, expect_path, heading, in_view

LEVELS = ("Category", "Type", "Item")


def level(page: Page, name: str) -> Locator:
    return page.get_by_role("combobox", name=name, exact=True)


@pytest.mark.parametrize("role", ["ADMIN", "AGENT"])
def test_r68_it_is_made_as_it_was_written(page_as: PageAs, callers: Callers, make: Factory, role: str) -> None:
    route, title = make.a_route, unique("Printer on fire ")
    page = page_as(role, "/")
    page.get_by_role("link", name="New ticket").click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("textbox", name="Overview").fill("It *burns*.")
    page.get_by_role("radio", name="SEV 2 High").check()
    for name, node in zip(LEVELS, (route.category, route.type, route.item), strict=True):
        choose(page, name, node["name"])
    choose(page, "Assignee", "Goddard")
    page.get_by_role("button", name="Create ticket").click()
    expect(heading(page)).to_have_text(title)

    made = callers["USER"].get(f"/tickets/{page.url.rpartition('/')[2]}").json()
    assert {key: made[key] for key in ("title", "overview", "severity", "status")} == {
        "title": title,
        "overview": "It *burns*.",
        "severity": 2,
        "status": "OPEN",
    }
    assert [made[key]["id"] for key in ("category", "type", "item")] == list(route.ids.values())
    assert made["assignee"]["username"] == "goddard"
    assert made["createdBy"]["id"] == callers[role].id


def test_r68_each_level_offers_what_the_one_above_has(page_as: PageAs, make: Factory) -> None:
    one, other = make.route(), make.route()
    page = page_as("AGENT", "/new")
    for name in ("Type", "Item"):
        expect(level(page, name)).to_be_disabled()
    for route in (one, other):
        choose(page, "Category", route.category["name"])
        expect(level(page, "Type")).to_have_value("")
        expect(level(page, "Item")).to_be_disabled()
        level(page, "Type").click()
        expect(page.get_by_role("option")).to_have_text([route.type["name"]])
        page.get_by_role("option").click()
        level(page, "Item").click()
        expect(page.get_by_role("option")).to_have_text([route.item["name"]])
        page.get_by_role("option").click()


def test_r68_the_three_levels_are_found_at_once_by_words_of_the_path(page_as: PageAs, make: Factory) -> None:
    route = make.route()
    page = page_as("AGENT", "/new")
    in_view(page.get_by_role("combobox", name="Find by path")).fill(f"{route.item['name']} {route.category['name']}")
    page.get_by_role("option", name=route.path).click()
    for name, node in zip(LEVELS, (route.category, route.type, route.item), strict=True):
        expect(level(page, name)).to_have_value(node["name"])


def test_r68_is_hidden_from_users_and_refused(page_as: PageAs) -> None:
    page = page_as("USER", "/")
    expect(heading(page)).to_be_visible()
    expect(page.get_by_role("link", name="New ticket")).to_have_count(0)
    page.keyboard.press("c")
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="My tickets")).to_be_visible()
    expect(page.get_by_role("option", name="New ticket")).to_have_count(0)
    page.keyboard.press("Escape")
    expect_path(page, "/")
    page.goto("/new")
    expect(heading(page)).to_have_text("Not allowed")
    expect(page.get_by_label("Title")).to_have_count(0)


def test_what_is_missing_is_said_beside_its_field(page_as: PageAs) -> None:
    page = page_as("AGENT", "/new")
    page.get_by_role("tab", name="Preview").click()
    page.get_by_role("button", name="Create ticket").click()
    said = {
        page.get_by_label("Title"): "Give the ticket a title.",
        page.get_by_role("textbox", name="Overview"): "Say what happened.",
        level(page, "Category"): "Choose a category.",
    }
    for box, sentence in said.items():
        expect(box).to_have_accessible_description(sentence)
        expect(box).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Title")).to_be_focused()
    page.get_by_label("Title").fill("Now it has one")
    expect(page.get_by_label("Title")).not_to_have_attribute("aria-invalid", "true")
    # 41: the first that is wrong now, though only its preview is shown.
    page.get_by_role("tab", name="Preview").click()
    page.get_by_label("Title").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Overview")).to_be_focused()


def test_enter_takes_the_first_of_what_was_found(page_as: PageAs, make: Factory) -> None:
    route = make.route()
    page = page_as("AGENT", "/new")
    path = in_view(page.get_by_role("combobox", name="Find by path"))
    path.fill(f"{route.item['name']} {route.category['name']}")
    expect(page.get_by_role("option")).to_have_count(1)
    path.press("Enter")
    for name, node in zip(LEVELS, (route.category, route.type, route.item), strict=True):
        expect(level(page, name)).to_have_value(node["name"])
    # Opened and not typed in, it keeps what is chosen.
    category = in_view(level(page, "Category"))
    category.click()
    expect(page.get_by_role("listbox")).to_be_visible()
    category.press("Enter")
    expect(category).to_have_value(route.category["name"])


def test_enter_where_nothing_is_found_creates_nothing(page_as: PageAs, make: Factory) -> None:
    route = make.route()
    page = page_as("AGENT", "/new")
    page.get_by_label("Title").fill("Too early")
    page.get_by_role("textbox", name="Overview").fill("Not what I meant.")
    choose(page, "Find by path", route.path)
    for name in ("Item", "Assignee"):
        box = in_view(level(page, name) if name in LEVELS else page.get_by_role("combobox", name=name))
        box.fill("qqqzzz")
        expect(page.get_by_text("Nothing found")).to_be_visible()
        box.press("Enter")
        expect(box).to_have_value("qqqzzz")
        expect(page.get_by_text("Nothing found")).to_be_visible()
        box.press("Tab")
    expect(page.get_by_label("Title")).to_have_value("Too early")
    expect_path(page, "/new")


def test_what_is_typed_takes_the_place_of_what_is_chosen(page_as: PageAs, make: Factory) -> None:
    one, other = make.route(), make.route()
    page = page_as("AGENT", "/new")
    choose(page, "Category", one.category["name"])
    page.get_by_label("Title").focus()
    category = in_view(level(page, "Category"))
    category.click()
    page.keyboard.type(other.category["name"][:14])
    expect(category).to_have_value(other.category["name"][:14])


def test_what_the_server_finds_wrong_is_said_there_too(page_as: PageAs, callers: Callers, make: Factory) -> None:
    route = make.route()
    page = page_as("AGENT", "/new")
    page.get_by_label("Title").fill("Too late")
    page.get_by_role("textbox", name="Overview").fill("The item is gone by now.")
    choose(page, "Find by path", route.path)
    assert callers["ADMIN"].delete(f"/cti/items/{route.item['id']}").status_code == 204
    # Until tickets has heard of it, too.
    soon(lambda: callers["AGENT"].post("/tickets", make.new_ticket(**route.ids)).status_code == 422)
    page.get_by_role("button", name="Create ticket").click()
    expect(page.get_by_text("The ticket was not created; everything you wrote is kept.")).to_be_visible()
    expect(level(page, "Item")).to_have_accessible_description(re.compile("item", re.IGNORECASE))
    expect(page.get_by_label("Title")).to_have_value("Too late")
