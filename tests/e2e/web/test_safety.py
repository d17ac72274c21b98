"""R84: what somebody wrote is shown to others, and never run.

Every payload of `support.xss` is stored as title, overview, comment, display name, CTI name and audit detail, and
looked at wherever such a text is shown: once as the client is served, and once without the Content-Security-Policy,
which must not be what the rendering relies on. `make test` looks as it is served at the ticket alone.
"""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from e2e.web.conftest import PageAs
from support.browser import Visits
from support.clients import Caller, Callers
from support.eventually import soon
from support.factories import Factory, Route, unique
from support.screen import dialog, expect_rows, heading, in_view, rows
from support.variants import variants
from support.xss import PAYLOADS

WATCH = """
for (const name of ['alert', 'confirm', 'prompt']) window[name] = () => console.error('a payload was executed');
"""

# What no text may bring into the document, whatever it was written in.
FOREIGN = """() => {
  const found = [];
  const tell = (what, element) => found.push(what + ': ' + element.outerHTML.slice(0, 200));
  const ours = new Set(['/start.js', '/favicon.svg']);
  const isOurs = (address) => address.startsWith(location.origin + '/assets/') || ours.has(new URL(address).pathname);
  const forbidden = 'iframe, object, embed, base, applet, frame, frameset, portal, math, style, area, video, audio, '
    + 'source, meta[http-equiv], link[rel=import], animate, set, foreignObject, use, image, svg script, marquee, '
    + 'body link:not([rel=modulepreload]):not([rel=stylesheet]), [srcdoc], [formaction], form[action]';
  for (const element of document.querySelectorAll(forbidden)) tell('element', element);
  for (const element of document.querySelectorAll('*')) {
    if ([...element.attributes].some(({ name }) => /^on/i.test(name))) tell('handler', element);
  }
  for (const script of document.scripts) if (!script.src || !isOurs(script.src)) tell('script', script);
  for (const image of document.images) if (!isOurs(image.src)) tell('image', image);
  for (const link of document.querySelectorAll('a[href]')) {
    if (!/^(https?|mailto):$/.test(link.protocol)) tell('link', link);
    const outside = link.origin !== location.origin;
    if (outside && !(link.relList.contains('noopener') && link.relList.contains('noreferrer'))) tell('rel', link);
  }
  return found;
}"""

# Not bubbling, so that only a handler on the very element would hear it.
POKE = """() => {
  const names = ['error', 'load', 'focus', 'mouseover', 'pointerenter', 'toggle', 'animationstart', 'begin'];
  for (const element of document.querySelectorAll('main *, [role=dialog] *, [role=listbox] *')) {
    for (const name of names) element.dispatchEvent(new Event(name));
  }
}"""


@dataclass(frozen=True)
class Stored:
    """The payloads, each where it would be shown."""

    story: dict[str, Any]
    tickets: Sequence[dict[str, Any]]
    routes: Sequence[Route]
    names: Sequence[str]


def packed(limit: int) -> list[str]:
    """All payloads in as few texts of this length as it takes."""
    texts: list[str] = []
    for payload in PAYLOADS:
        if texts and len(texts[-1]) + len(payload) < limit:
            texts[-1] += " " + payload
        else:
            texts.append(payload)
    return texts


@pytest.fixture(scope="module")
def stored(callers: Callers, make: Factory) -> Iterator[Stored]:
    names = packed(200)
    admin = callers["ADMIN"]

    def person(name: str) -> Caller:
        username = unique("xss")
        body = {"username": username, "email": f"{username}@example.org", "displayName": name, "role": "SERVICE"}
        created = admin.post("/users", body)
        assert created.status_code == 201, created.text
        return Caller(callers.url, {"X-Api-Key": created.json()["apiKey"]}, created.json())

    def route(number: int) -> Route:
        category = make.node("categories", name=names[number])
        type_ = make.node("types", categoryId=category["id"], name=names[number + 1])
        return Route(category, type_, make.node("items", typeId=type_["id"], name=names[number + 2]))

    with ThreadPoolExecutor(4) as pool:
        people = list(pool.map(person, names))
        routes = list(pool.map(route, range(0, len(names) - 2, 3)))
        titles = packed(500)
        tickets = [
            make.ticket(title=title, overview="\n\n".join(PAYLOADS[index::16]), assigneeId=people[index].id, **way.ids)
            for index, (title, way) in enumerate(zip(titles, routes, strict=False))
        ]
        story = make.ticket(title="A story", overview="\n\n".join(PAYLOADS), assigneeId=people[0].id, **routes[0].ids)

        def comment(number: int) -> None:
            body = {"body": PAYLOADS[number]}
            answer = people[number % len(people)].post(f"/tickets/{story['id']}/comments", body)
            assert answer.status_code == 201, answer.text

        list(pool.map(comment, range(len(PAYLOADS))))
    for title, way, somebody in zip(titles, routes, people[1:], strict=False):
        patch = {"title": title, "assigneeId": somebody.id, **way.ids}
        assert callers["AGENT"].patch(f"/tickets/{story['id']}", patch).status_code == 200
    yield Stored(story, tickets, routes, names)
    for way in routes:
        admin.delete(f"/cti/categories/{way.category['id']}")
    for somebody in people:
        admin.delete(f"/users/{somebody.id}")
        somebody.close()


# Without the policy there is one thing less between a payload and its running.
NOT_AS_SERVED_EACH_TIME = pytest.mark.parametrize(
    "watched", variants([False, True], each_time={True}), ids=["as served", "without policy"], indirect=True
)


@pytest.fixture(params=[False, True], ids=["as served", "without policy"])
def watched(page_as: PageAs, request: pytest.FixtureRequest) -> Page:
    """An admin's page that complains when a payload runs."""
    page = page_as("ADMIN", "/profile", bypass_csp=request.param)
    page.context.add_init_script(WATCH)
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog: {dialog.message}"))
    page.context.on("page", lambda opened: pytest.fail(f"another page: {opened.url}"))
    return page


def assert_clean(page: Page) -> None:
    page.evaluate(POKE)
    assert page.evaluate(FOREIGN) == []


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 100


def test_r84_none_runs_on_a_ticket(watched: Page, stored: Stored) -> None:
    page = watched
    page.goto(f"/tickets/{stored.story['displayId']}")
    expect(page.get_by_role("article")).to_have_count(len(PAYLOADS))
    assert page.get_by_role("article").get_by_text("press").count() > 20  # dead links stay readable
    assert_clean(page)

    page.get_by_role("tab", name="Everything").click()
    expect(page.get_by_text("created the ticket")).to_be_visible()
    assert_clean(page)

    page.get_by_role("tab", name="History").click()
    closed = page.get_by_role("region", name="History").locator("[aria-expanded=false]")
    expect(closed.nth(len(PAYLOADS))).to_be_attached()
    closed.evaluate_all("buttons => buttons.forEach((button) => button.click())")
    expect(closed).to_have_count(0)
    assert_clean(page)

    page.get_by_role("tab", name="Comments").click()
    page.get_by_role("button", name="Edit overview").click()
    page.get_by_role("region", name="Overview").get_by_role("tab", name="Preview").click()
    expect(page.get_by_role("region", name="Overview").get_by_role("link").first).to_be_visible()
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Reroute").click()
    expect(dialog(page, f"Reroute {stored.story['displayId']}")).to_be_visible()
    assert_clean(page)


@NOT_AS_SERVED_EACH_TIME
def test_r84_none_runs_in_titles_and_overviews(watched: Page, stored: Stored) -> None:
    page = watched
    for ticket in stored.tickets[::5]:
        page.goto(f"/tickets/{ticket['displayId']}")
        expect(heading(page)).to_have_text(re.sub(r"\s+", " ", ticket["title"]))
        assert page.title().startswith(ticket["displayId"])
        assert_clean(page)


@NOT_AS_SERVED_EACH_TIME
def test_r84_none_runs_in_lists_and_their_filters(watched: Page, stored: Stored) -> None:
    page = watched
    page.goto(f"/?q=alert&queue={stored.routes[0].category['id']}&assignee={stored.tickets[0]['assignee']['id']}")
    expect_rows(page, [stored.tickets[0]])
    assert_clean(page)
    page.goto("/?q=alert")
    expect(rows(page).nth(len(stored.tickets) - 1)).to_be_visible()
    assert_clean(page)
    for menu in ("Queue", "Assignee"):
        page.get_by_role("search").get_by_role("button", name=menu).click()
        expect(page.get_by_role("option").nth(10)).to_be_attached()
        assert_clean(page)
        page.keyboard.press("Escape")
    page.keyboard.press("Control+k")
    page.keyboard.type("alert")
    expect(page.get_by_role("option").nth(10)).to_be_attached()
    assert_clean(page)


@NOT_AS_SERVED_EACH_TIME
def test_r84_none_runs_in_names(watched: Page, stored: Stored) -> None:
    page = watched
    page.goto("/admin/users")
    expect(page.get_by_role("rowheader").nth(len(stored.names))).to_be_attached()
    assert_clean(page)
    page.get_by_role("searchbox", name="Search users").fill("<script>")
    expect(page.get_by_role("rowheader").locator("mark").first).to_have_text("<script>")
    page.get_by_role("button", name=re.compile("^Delete <script>")).click()
    expect(page.get_by_role("alertdialog")).to_contain_text("<script>alert(1)</script>")
    assert_clean(page)

    route = stored.routes[0]
    page.goto(f"/admin/cti?category={route.category['id']}&type={route.type['id']}")
    expect(page.get_by_role("button", name=f"Delete {route.item['name']}")).to_be_visible()
    assert_clean(page)
    page.get_by_role("button", name=f"Delete {route.item['name']}").click()
    expect(page.get_by_role("alertdialog")).to_contain_text("routed here")
    assert_clean(page)

    page.goto("/new")
    for box in ("Find by path", "Assignee"):
        in_view(page.get_by_role("combobox", name=box)).fill("alert")
        expect(page.get_by_role("option").nth(5)).to_be_attached()
        assert_clean(page)
        page.keyboard.press("Escape")


def test_r84_links_lead_outside_without_a_handle_on_us(page_as: PageAs, make: Factory) -> None:
    text = "[docs](https://example.org/docs) https://example.org/bare <mailto:ada@example.org> [top](#main) [home](/my)"
    page = page_as("USER", f"/tickets/{make.ticket(overview=text)['displayId']}")
    overview = page.get_by_role("region", name="Overview")
    for name in ("docs", "https://example.org/bare"):
        link = overview.get_by_role("link", name=name)
        expect(link).to_have_attribute("rel", "noopener noreferrer")
        expect(link).to_have_attribute("target", "_blank")
    expect(overview.get_by_role("link", name="ada@example.org")).to_have_attribute("href", "mailto:ada@example.org")


def test_r84_other_addresses_are_text(page_as: PageAs, make: Factory) -> None:
    addresses = ("javascript:alert(1)", "data:text/html,alert(1)", "vbscript:x", "file:///etc/passwd", "x:y")
    text = "\n\n".join(f"[press](<{address}>) and ![see](<{address}>)" for address in addresses)
    page = page_as("USER", f"/tickets/{make.ticket(overview=text)['displayId']}")
    overview = page.get_by_role("region", name="Overview")
    expect(overview.get_by_role("paragraph")).to_have_text(["press and see"] * len(addresses))
    expect(overview.get_by_role("link")).to_have_count(0)


@pytest.mark.parametrize("policy", [True, False], ids=["as served", "without policy"])
def test_r84_remote_images_are_not_loaded(page_as: PageAs, make: Factory, policy: bool) -> None:
    ticket = make.ticket(overview="![pixel](http://127.0.0.1:9/pixel.png) <img src='http://127.0.0.1:9/tag.png'>")
    page = page_as("USER", f"/tickets/{ticket['displayId']}", bypass_csp=not policy)
    overview = page.get_by_role("region", name="Overview")
    link = overview.get_by_role("link", name="pixel")
    expect(link).to_have_attribute("href", "http://127.0.0.1:9/pixel.png")
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(overview.locator("img")).to_have_count(0)


def test_the_watch_sees_what_runs(page_as: PageAs, visits: Visits) -> None:
    page = page_as("USER", "/profile", bypass_csp=True)
    page.context.add_init_script(WATCH)
    for number, payload in enumerate(
        (
            "<img src=x onerror=alert(1)>",
            "<svg><animate onbegin=alert(1) attributeName=x dur=1s></svg>",
            "<details open ontoggle=alert(1)>x</details>",
            "<iframe srcdoc='<script>parent.alert(1)</script>'></iframe>",
        ),
        start=1,
    ):
        page.reload()
        expect(heading(page)).to_have_text("Profile")
        put(page, payload)
        assert page.evaluate(FOREIGN) != []
        soon(lambda number=number: page.evaluate("1") and executed(visits) == number)  # type: ignore[misc]
    visits.allow("a payload was executed|404")


def test_the_watch_sees_what_only_waits(page_as: PageAs, visits: Visits) -> None:
    page = page_as("USER", "/profile")
    expect(heading(page)).to_have_text("Profile")
    assert page.evaluate(FOREIGN) == []
    put(page, "<a href='javascript:alert(1)'>x</a>")
    put(page, "<a href='https://example.org'>x</a>")
    put(page, "<img src='http://127.0.0.1:9/'>")
    assert [told.partition(":")[0] for told in page.evaluate(FOREIGN)] == ["image", "link", "rel", "rel"]
    visits.allow("")


def put(page: Page, mark_up: str) -> None:
    page.evaluate("text => document.querySelector('main').insertAdjacentHTML('beforeend', text)", mark_up)


def executed(visits: Visits) -> int:
    return sum("a payload was executed" in said for said in visits.complaints)
