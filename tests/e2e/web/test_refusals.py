"""What the server refuses to somebody who is at work: each refusal is told as what it is, and leads on."""

import psycopg
from playwright.sync_api import Response, Route, expect

from e2e.web.conftest import PageAs
from support.clients import Callers
from support.factories import Factory, unique
from support.screen import expect_path, fill_new_ticket, heading, pick, sign_in, toast
from support.stack import System


def test_401_after_signing_in_says_that_the_browser_kept_nothing(page_as: PageAs, callers: Callers) -> None:
    somebody = callers.create_user(role="AGENT")
    page = page_as(None, "/login")

    def without_cookie(route: Route) -> None:
        answer = route.fetch()
        page.context.clear_cookies()
        headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        route.fulfill(response=answer, headers=headers)

    page.route("**/api/auth/login", without_cookie)
    sign_in(page, somebody["username"])
    expect(page.get_by_role("alert")).to_contain_text("this browser did not keep you signed in")
    expect_path(page, "/login")
    page.unroute("**/api/auth/login")
    page.get_by_role("button", name="Sign in").click()
    expect(heading(page)).to_have_text("All tickets")


def test_403_in_the_middle_of_work_shows_what_the_role_now_allows(
    page_as: PageAs, make: Factory, callers: Callers
) -> None:
    agent, ticket = callers.new("AGENT"), make.ticket(severity=3)
    page = page_as(agent, f"/tickets/{ticket['displayId']}")
    severity = page.get_by_role("button", name="Severity:")
    expect(severity).to_be_visible()
    assert callers["ADMIN"].patch(f"/users/{agent.id}", {"role": "USER"}).status_code == 200
    pick(page, "Severity:", "SEV 1")
    expect(toast(page, f"{ticket['displayId']} was not changed.")).to_be_visible()
    expect(severity).to_have_count(0)


def test_409_of_what_is_being_worked_on_is_waited_for(
    page_as: PageAs, make: Factory, callers: Callers, stack: System
) -> None:
    title = unique("Only one ")
    agent = callers.new("AGENT")
    page = page_as(agent, "/new")
    fill_new_ticket(page, make, title)
    answers: list[int] = []
    claim = "INSERT INTO tickets.idempotency_keys (scope, key, fingerprint) VALUES (%s, %s, 'another')"
    with psycopg.connect(stack.database_url("tickets")) as first:

        def be_first(route: Route) -> None:
            if route.request.method == "POST" and not answers:
                key = route.request.headers["idempotency-key"]
                first.execute(claim, [f"{agent.id} POST /api/tickets", key])
            route.continue_()

        def be_done(response: Response) -> None:
            if response.request.method == "POST":
                answers.append(response.status)
                first.rollback()

        page.route("**/api/tickets", be_first)
        page.on("response", be_done)
        page.get_by_role("button", name="Create ticket").click()
        expect(heading(page)).to_have_text(title)
    assert answers == [409, 201]
    assert len(agent.get("/tickets", params={"search": title}).json()) == 1
