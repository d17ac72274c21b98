"""Signing in and out, changing one's password."""

import asyncio
import statistics
import time
from typing import Any

import httpx
import pytest

from common.database import Database, query
from integration.auth.callers import PASSWORD, Caller, Callers, an_address, in_browser, log_in, signed_in
from integration.auth.conftest import Opener
from integration.auth.said import said

pytestmark = pytest.mark.anyio

NEW = "another-battery-staple-7"
_LAST_LOGIN = query("SELECT last_login_at, version FROM users WHERE id = %(id)s::uuid")


def cookie_parts(answer: httpx.Response) -> tuple[str, set[str]]:
    first, *rest = (part.strip() for part in answer.headers["set-cookie"].split(";"))
    return first.partition("=")[0], {part.lower() for part in rest}


class TestLogIn:
    async def test_it_says_nothing_to_the_other_services(self, callers: Callers, database: Database) -> None:
        agent = await callers.new()
        async with database.read() as reader:
            row = await reader.one(_LAST_LOGIN, id=agent.id)
        assert row.last_login_at is not None
        assert row.version == 1
        assert len(await said(database, agent.id)) == 1

    async def test_nobody_learns_which_part_was_wrong(self, callers: Callers) -> None:
        deleted = await callers.admin.create()
        await callers.admin.delete(deleted["id"])
        refusals = [
            await log_in(callers.client, name, password)
            for name, password in (
                ("admin", "wrong"),
                ("nobody", "wrong"),
                ("goddard", "wrong"),
                ("goddard", ""),
                ("system", ""),
                (deleted["username"], PASSWORD),
            )
        ]
        assert {refusal.status_code for refusal in refusals} == {401}
        assert len({refusal.content for refusal in refusals}) == 1
        assert not any("set-cookie" in refusal.headers for refusal in refusals)

    async def test_an_unknown_name_takes_as_long_as_a_known_one(self, callers: Callers) -> None:
        names = ("admin", "nobody", "goddard")
        seconds: dict[str, list[float]] = {name: [] for name in names}
        for name in 8 * names:
            # This process's own time: what else the machine does must not matter.
            started = time.process_time()
            assert (await log_in(callers.client, name, "wrong")).status_code == 401
            seconds[name].append(time.process_time() - started)
        known, unknown, automation = (statistics.median(seconds[name]) for name in names)
        assert 0.6 < unknown / known < 1.6
        assert 0.6 < automation / known < 1.6

    async def test_credentials_in_the_headers_are_ignored(self, callers: Callers) -> None:
        for headers in (
            {"Authorization": "Bearer nonsense"},
            {"X-Api-Key": "nonsense", "Authorization": "nonsense"},
            {"Cookie": "session=nonsense"},
        ):
            assert (await log_in(callers.client, "admin", "admin123", **headers)).status_code == 200

    @pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", None])
    async def test_only_json_signs_in(self, callers: Callers, content_type: str | None) -> None:
        """What a foreign page's form can send without asking signs nobody in."""
        headers = {"Content-Type": content_type} if content_type else {}
        body = b'{"username":"admin","password":"admin123"}'
        answer = await callers.client.post("/api/auth/login", content=body, headers=headers)
        assert answer.status_code == 422

    async def test_the_cookie_is_for_this_site_only(self, callers: Callers) -> None:
        answer = await log_in(callers.client, "admin", "admin123")
        assert cookie_parts(answer) == ("session", {"httponly", "samesite=strict", "path=/", "max-age=43200"})

    async def test_over_https_the_cookie_is_bound_to_the_host(self, opened: Opener) -> None:
        async with opened(client_url="https://tickets.example.org") as client:
            name, flags = cookie_parts(await log_in(client, "admin", "admin123"))
        assert name == "__Host-session"
        assert flags == {"httponly", "samesite=strict", "path=/", "max-age=43200", "secure"}


class TestLimits:
    async def test_the_fourth_guess_has_to_wait(self, callers: Callers) -> None:
        address = an_address()
        guesses = [await log_in(callers.client, "admin", "wrong", address=address) for _ in range(4)]
        assert [guess.status_code for guess in guesses] == [401, 401, 401, 429]
        assert guesses[3].headers["retry-after"] == "1"
        assert guesses[3].headers["content-type"] == "application/problem+json"
        right = await log_in(callers.client, "admin", "admin123", address=address)
        assert right.status_code == 429, "the right password has to wait as well"

    async def test_guesses_from_elsewhere_keep_nobody_out(self, callers: Callers) -> None:
        stranger = an_address()
        for _ in range(5):
            await log_in(callers.client, "admin", "wrong", address=stranger)
        assert (await log_in(callers.client, "admin", "admin123")).status_code == 200

    async def test_an_address_that_guesses_names_is_held_up(self, callers: Callers) -> None:
        address = an_address()
        guesses = [await log_in(callers.client, f"name{number}", "x", address=address) for number in range(31)]
        assert [guess.status_code for guess in guesses] == [401] * 30 + [429]
        assert 50 <= int(guesses[30].headers["retry-after"]) <= 60

    async def test_only_wrong_credentials_count(self, callers: Callers) -> None:
        address = an_address()
        bodies: list[Any] = [{"username": "admin"}, [], {"username": "admin", "password": "x\x00"}]
        for body in bodies:
            for _ in range(12):
                answer = await callers.client.post("/api/auth/login", json=body, headers={"X-Forwarded-For": address})
                assert answer.status_code == 422
        for _ in range(31):
            assert (await log_in(callers.client, "admin", "admin123", address=address)).status_code == 200

    async def test_a_flood_leaves_the_rest_answering(self, callers: Callers) -> None:
        flood = [asyncio.create_task(log_in(callers.client, f"name{n}", "wrong")) for n in range(100)]
        assert (await callers.goddard.get("/api/auth/me")).status_code == 200
        statuses = [answer.status_code for answer in await asyncio.gather(*flood)]
        assert set(statuses) == {401, 429}
        assert statuses.count(401) >= 20


class TestLogOut:
    async def test_this_token_is_refused_and_others_are_not(self, callers: Callers, database: Database) -> None:
        first = await callers.new()
        second = await signed_in(callers.client, first.user["username"])
        assert (await first.post("/api/auth/logout")).status_code == 204
        assert (await first.get("/api/auth/me")).status_code == 401
        assert (await second.get("/api/auth/me")).status_code == 200
        async with database.read() as reader:
            revoked = await reader.all(query("SELECT jti, user_id, expires_at FROM revoked_tokens"))
        assert [str(row.user_id) for row in revoked] == [first.id]
        (event,) = await said(database, str(revoked[0].jti))
        assert event["type"] == "token.revoked.v1"
        assert (event["data"]["jti"], event["data"]["userId"]) == (str(revoked[0].jti), first.id)

    async def test_the_cookie_goes(self, callers: Callers) -> None:
        browser = await in_browser(callers.client, "admin", "admin123")
        answer = await browser.post("/api/auth/logout")
        assert (answer.status_code, answer.content) == (204, b"")
        assert cookie_parts(answer)[0] == "session"
        assert "max-age=0" in cookie_parts(answer)[1]
        assert (await browser.get("/api/auth/me")).status_code == 401

    async def test_a_foreign_page_signs_nobody_out(self, callers: Callers) -> None:
        browser = await in_browser(callers.client, "admin", "admin123")
        foreign = Caller(browser.client, browser.headers | {"Origin": "https://evil.example"}, {})
        assert (await foreign.post("/api/auth/logout")).status_code == 403
        assert (await browser.get("/api/auth/me")).status_code == 200

    async def test_a_key_stays_as_it_is(self, goddard: Caller, database: Database) -> None:
        assert (await goddard.post("/api/auth/logout")).status_code == 204
        assert (await goddard.get("/api/auth/me")).status_code == 200
        async with database.read() as reader:
            assert await reader.scalar(query("SELECT count(*) FROM revoked_tokens")) == 0


class TestChangePassword:
    async def test_every_session_ends_and_the_new_password_opens(self, callers: Callers, database: Database) -> None:
        agent = await callers.new()
        other = await signed_in(callers.client, agent.user["username"])
        answer = await agent.post("/api/auth/password", {"currentPassword": PASSWORD, "newPassword": NEW})
        assert (answer.status_code, answer.content) == (204, b"")
        for session in (agent, other):
            assert (await session.get("/api/auth/me")).status_code == 401
        assert (await log_in(callers.client, agent.user["username"], PASSWORD)).status_code == 401
        assert (await log_in(callers.client, agent.user["username"], NEW)).status_code == 200
        created, changed = await said(database, agent.id)
        assert changed["data"] == created["data"] | {"tokenEpoch": created["data"]["tokenEpoch"] + 1}
        assert (changed["aggregateversion"], changed["actor"]["id"]) == (2, agent.id)

    async def test_a_browser_stays_signed_in(self, callers: Callers) -> None:
        agent = await callers.admin.create()
        browser = await in_browser(callers.client, agent["username"])
        answer = await browser.post("/api/auth/password", {"currentPassword": PASSWORD, "newPassword": NEW})
        renewed = Caller(browser.client, {"Cookie": answer.headers["set-cookie"].partition(";")[0]}, browser.user)
        assert (await browser.get("/api/auth/me")).status_code == 401
        assert (await renewed.get("/api/auth/me")).status_code == 200

    async def test_a_wrong_current_password_is_a_failed_login(self, callers: Callers) -> None:
        agent, address = await callers.new(), an_address()
        body = {"currentPassword": "wrong", "newPassword": NEW}
        answers = [await agent.post("/api/auth/password", body, **{"X-Forwarded-For": address}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
        assert answers[0].json()["errors"] == [{"field": "currentPassword", "message": "is wrong"}]
        assert (await log_in(callers.client, agent.user["username"], address=address)).status_code == 429
        assert (await agent.get("/api/auth/me")).status_code == 200, "nothing has changed"

    @pytest.mark.parametrize(
        "password", ["kQ7#vW2!pL9", "password1234", PASSWORD, "x" * 1025, "1234567890ab\x00", 5, None]
    )
    async def test_a_weak_new_password_is_refused(self, callers: Callers, password: object) -> None:
        agent = await callers.new()
        answer = await agent.post("/api/auth/password", {"currentPassword": PASSWORD, "newPassword": password})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "newPassword")
        assert (await log_in(callers.client, agent.user["username"])).status_code == 200

    async def test_automation_has_none_and_is_told_before_its_body_is_read(self, goddard: Caller) -> None:
        assert (await goddard.post("/api/auth/password", {})).status_code == 403

    async def test_of_two_at_once_one_wins(self, callers: Callers) -> None:
        agent = await callers.new()
        answers = await asyncio.gather(
            *(
                agent.post("/api/auth/password", {"currentPassword": PASSWORD, "newPassword": f"{NEW}-{n}"})
                for n in "ab"
            )
        )
        # The other finds its password wrong, or already its session ended.
        assert sorted(answer.status_code for answer in answers) in ([204, 422], [204, 401])


class TestSeededPassword:
    async def test_where_it_is_enforced_it_opens_nothing_but_changing_it(self, opened: Opener) -> None:
        async with opened(force_password_change=True) as client:
            admin = await signed_in(client, "admin", "admin123")
            assert admin.user["mustChangePassword"] is True
            refused = await admin.get("/api/users")
            assert (refused.status_code, refused.json()["code"]) == (403, "password_change_required")
            assert (await admin.get("/api/auth/me")).json()["mustChangePassword"] is True
            body = {"currentPassword": "admin123", "newPassword": NEW}
            assert (await admin.post("/api/auth/password", body)).status_code == 204
            admin = await signed_in(client, "admin", NEW)
            assert admin.user["mustChangePassword"] is False
            assert (await admin.get("/api/users")).status_code == 200

    async def test_where_it_is_not_it_is_only_pointed_out(self, admin: Caller) -> None:
        assert admin.user["mustChangePassword"] is True
        assert (await admin.get("/api/users")).status_code == 200

    async def test_it_may_be_left_by_signing_out(self, opened: Opener) -> None:
        async with opened(force_password_change=True) as client:
            admin = await signed_in(client, "admin", "admin123")
            assert (await admin.post("/api/auth/logout")).status_code == 204
