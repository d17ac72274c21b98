"""R1-R7, A1, A19, A25: signing in and out, sessions in a browser, keys, and the limits on guessing."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import psutil
import pytest

from devstack.stack import Stack
from support.clients import PASSWORD, Caller, Callers
from support.eventually import soon
from support.factories import Factory, unique
from support.first_day import ASKED, CHOSEN, CLIENT, FirstDay
from support.forgery import Forger

EVERYWHERE = ("/auth/me", "/users", "/cti/categories", "/tickets?limit=1", "/tickets/V000000000/audit")
"""A path of each service that any role may read; the last is 404 for who is let in."""
HOUSES = count(10)


def log_in(caller: Caller, username: str, password: str = PASSWORD, **headers: str) -> httpx.Response:
    return caller.post("/auth/login", {"username": username, "password": password}, headers=headers)


def is_refused(caller: Caller, path: str) -> bool:
    return caller.get(path).status_code == 401


class Office(Caller):
    """An address of its own, from which several people sign in."""

    def __init__(self, url: str) -> None:
        super().__init__(url, {})
        self._client.close()
        source = httpx.HTTPTransport(local_address=f"127.0.0.{next(HOUSES)}")
        self._client = httpx.Client(base_url=url, transport=source, timeout=30)

    def fail(self, username: str, times: int) -> list[httpx.Response]:
        return [log_in(self, username, "wrong") for _ in range(times)]


@pytest.fixture
def open_office(stack: Stack) -> Iterator[Callable[[], Office]]:
    opened: list[Office] = []

    def office() -> Office:
        opened.append(Office(stack.url))
        return opened[-1]

    yield office
    for one in opened:
        one.close()


@pytest.fixture
def office(open_office: Callable[[], Office]) -> Office:
    return open_office()


@pytest.fixture(scope="module")
def jane(callers: Callers) -> dict[str, Any]:
    """Somebody who signs in and changes nothing."""
    return callers.create_user(role="USER", displayName="Jane Doe")


class TestLogin:
    def test_r1_token_and_user(self, nobody: Caller, jane: dict[str, Any]) -> None:
        answer = log_in(nobody, jane["username"])
        assert answer.status_code == 200
        body = answer.json()
        assert body.keys() == {"token", "user"}
        expected = {name: jane[name] for name in ("id", "username", "displayName", "email", "role")}
        assert body["user"] == expected | {"mustChangePassword": False}
        assert "hash" not in answer.text.lower()
        assert "apikey" not in answer.text.lower()

    def test_r1_the_token_opens_every_service(self, callers: Callers, jane: dict[str, Any]) -> None:
        caller = callers.log_in(jane["username"], PASSWORD)
        assert [caller.get(path).status_code for path in EVERYWHERE] == [200, 200, 200, 200, 404]

    def test_r1_the_case_of_the_name_does_not_matter(self, nobody: Caller, jane: dict[str, Any]) -> None:
        assert log_in(nobody, jane["username"].upper()).json()["user"]["username"] == jane["username"]
        assert log_in(nobody, jane["username"], PASSWORD.upper()).status_code == 401

    @pytest.mark.parametrize(
        "headers",
        [
            {"Authorization": "Bearer nonsense"},
            {"Authorization": "Basic amFuZTpqYW5l"},
            {"X-Api-Key": "sk_nonsense"},
            {"Authorization": "Bearer nonsense", "X-Api-Key": "sk_nonsense"},
            {"Cookie": "session=nonsense", "Origin": "https://evil.example"},
        ],
    )
    def test_r1_credentials_in_headers_are_ignored(
        self, nobody: Caller, jane: dict[str, Any], headers: dict[str, str]
    ) -> None:
        assert log_in(nobody, jane["username"], **headers).status_code == 200

    def test_r1_it_is_noted_when(self, callers: Callers, nobody: Caller, admin: Caller) -> None:
        user = callers.create_user()
        assert user["lastLoginAt"] is None
        log_in(nobody, user["username"])
        listed = next(other for other in admin.get("/users").json() if other["id"] == user["id"])
        assert listed["lastLoginAt"]

    def test_r2_nobody_learns_what_was_wrong(self, office: Office, jane: dict[str, Any]) -> None:
        wrong, unknown = log_in(office, jane["username"], "wrong"), log_in(office, unique("unknown"), "wrong")
        assert wrong.status_code == unknown.status_code == 401
        assert wrong.json() == unknown.json()
        assert wrong.json()["code"] == "wrong_credentials"
        assert wrong.headers.keys() == unknown.headers.keys()
        assert "Set-Cookie" not in wrong.headers

    def test_r2_it_takes_as_long_whatever_was_wrong(
        self, open_office: Callable[[], Office], stack: Stack, jane: dict[str, Any], goddard: Caller
    ) -> None:
        """In the processor's time, since the machine has other work too. A hash that is skipped would show."""
        auth, taken = psutil.Process(stack.pid("auth")), {}
        for name in (jane["username"], unique("unknown"), "goddard", "system"):
            office, before = open_office(), auth.cpu_times()
            assert [answer.status_code for answer in office.fail(name, 3)] == [401, 401, 401]
            after = auth.cpu_times()
            taken[name] = after.user + after.system - before.user - before.system
        assert max(taken.values()) < 3 * min(taken.values()), taken

    @pytest.mark.parametrize("missing", ["username", "password"])
    @pytest.mark.parametrize("value", ["absent", None, 7, ["admin"]])
    def test_r2_a_missing_field_is_422(self, nobody: Caller, missing: str, value: object) -> None:
        body: dict[str, object] = {"username": "jane", "password": "x"} | {missing: value}
        if value == "absent":
            del body[missing]
        refused = nobody.post("/auth/login", body)
        assert refused.status_code == 422
        assert refused.json()["errors"][0]["field"] == missing

    def test_r3_a_service_account_has_no_password(self, office: Office) -> None:
        for password in ("", "goddard", "admin123"):
            assert log_in(office, "goddard", password).status_code == 401

    def test_a7_the_system_does_not_sign_in(self, open_office: Callable[[], Office]) -> None:
        assert {log_in(open_office(), "system", password).status_code for password in ("", "system", "admin123")} == {
            401
        }

    @pytest.mark.parametrize("password", ["ünï-cödé-漢字-🙂🙂", " leading and trailing ", "long as a sentence " * 52])
    def test_passwords_are_taken_as_they_are(self, callers: Callers, nobody: Caller, password: str) -> None:
        user = callers.create_user(password=password)
        assert log_in(nobody, user["username"], password).status_code == 200
        assert log_in(nobody, user["username"], f" {password}").status_code == 401


class TestLimits:
    def test_a_name_from_one_address_has_to_wait(self, office: Office, jane: dict[str, Any]) -> None:
        """A name that nobody has is treated the same, so that this tells nothing either."""
        for name in (jane["username"], unique("unknown")):
            assert [answer.status_code for answer in office.fail(name, 3)] == [401, 401, 401]
            refused = log_in(office, name, PASSWORD)
            assert refused.status_code == 429
            assert refused.json()["code"] == "too_many_requests"
            assert refused.headers["Retry-After"] == "1"

    def test_longer_each_time(self, office: Office) -> None:
        name = unique("unknown")
        office.fail(name, 3)
        soon(lambda: office.fail(name, 1)[0].status_code == 401, within=3)
        assert log_in(office, name).headers["Retry-After"] == "2"

    def test_then_the_right_password_opens_again(self, office: Office, callers: Callers) -> None:
        user = callers.create_user()
        office.fail(user["username"], 3)
        assert log_in(office, user["username"]).status_code == 429
        soon(lambda: log_in(office, user["username"]).status_code == 200, within=3)
        assert [answer.status_code for answer in office.fail(user["username"], 3)] == [401, 401, 401]

    def test_strangers_cannot_lock_anybody_out(self, open_office: Callable[[], Office], callers: Callers) -> None:
        user, stranger = callers.create_user(), open_office()
        stranger.fail(user["username"], 5)
        assert log_in(stranger, user["username"]).status_code == 429
        assert log_in(open_office(), user["username"]).status_code == 200

    def test_an_office_shares_an_address(self, office: Office, callers: Callers, jane: dict[str, Any]) -> None:
        """The failures of some do not stop the others, and successes do not count."""
        for _ in range(5):
            office.fail(unique("colleague"), 3)
            assert log_in(office, jane["username"]).status_code == 200
        assert log_in(office, jane["username"]).status_code == 200

    def test_one_address_has_30_failures_a_minute(
        self, open_office: Callable[[], Office], jane: dict[str, Any]
    ) -> None:
        office = open_office()
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda _: office.fail(unique("unknown"), 2), range(15)))
        assert {answer.status_code for pair in answers for answer in pair} == {401}
        refused = log_in(office, jane["username"])
        assert refused.status_code == 429
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert log_in(open_office(), jane["username"]).status_code == 200

    def test_nobody_names_an_address_for_themselves(self, office: Office) -> None:
        """TRUSTED_PROXIES names none before the gateway: what a client says of its address is nothing."""
        name = unique("unknown")
        spoofs = ("X-Forwarded-For", "X_Forwarded_For", "X-Real-Ip", "Forwarded")
        for n, header in enumerate(spoofs[:3]):
            assert log_in(office, name, "wrong", **{header: f"203.0.113.{n}"}).status_code == 401
        for n, header in enumerate(spoofs):
            assert log_in(office, name, "wrong", **{header: f"198.51.100.{n}"}).status_code == 429

    def test_what_is_no_guess_does_not_count(self, office: Office) -> None:
        name = unique("unknown")
        for _ in range(5):
            assert office.post("/auth/login", {"username": name}).status_code == 422
        assert [answer.status_code for answer in office.fail(name, 3)] == [401, 401, 401]

    def test_guessing_the_current_password_counts_too(
        self, open_office: Callable[[], Office], callers: Callers
    ) -> None:
        caller, office = callers.new(), open_office()
        wrong = {"currentPassword": "wrong", "newPassword": "another-password-1"}
        answers = [office.post("/auth/password", wrong, headers=caller.headers).status_code for _ in range(4)]
        assert answers == [422, 422, 422, 429]

    def test_a_burst_is_worked_off_and_others_are_served(self, stack: Stack, user: Caller) -> None:
        """What the queue cannot take at once is 429, never 5xx, and reading goes on meanwhile."""
        with ThreadPoolExecutor(40) as pool:
            logins = [pool.submit(fail_from, f"127.0.1.{n}", stack.url) for n in range(1, 61)]
            slowest = 0.0
            while not all(login.done() for login in logins):
                began = time.perf_counter()
                assert user.get("/auth/me").status_code == 200
                slowest = max(slowest, time.perf_counter() - began)
            assert {login.result() for login in logins} <= {401, 429}
        assert slowest < 5, "reading waited for the logins"


def fail_from(address: str, url: str) -> int:
    """Somebody else's failed login, from an address of theirs."""
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=30, source_address=(address, 0))) as connection:
        body = json.dumps({"username": unique("unknown"), "password": "wrong"})
        connection.request("POST", "/api/auth/login", body, {"Content-Type": "application/json"})
        return connection.getresponse().status


class TestWhoAmI:
    def test_r4_by_token_and_by_key(self, callers: Callers) -> None:
        for caller in callers:
            answer = caller.get("/auth/me")
            assert answer.status_code == 200
            me = answer.json()
            assert me.keys() == {"id", "username", "displayName", "email", "role", "mustChangePassword"}
            assert (me["id"], me["role"]) == (caller.id, caller.user["role"])

    def test_r4_without_a_credential(self, nobody: Caller) -> None:
        assert nobody.get("/auth/me").status_code == 401


class TestTokens:
    def test_r6_signed_with_a_key_derived_from_the_secret(self, stack: Stack, jane: dict[str, Any]) -> None:
        forger = Forger(stack)
        assert httpx.get(f"{stack.url}/api/auth/me", headers=_bearer(forger.token(jane["id"], 0))).status_code == 200
        for path in EVERYWHERE:
            foreign = _bearer(forger.by_another_key(jane["id"], 0))
            assert httpx.get(f"{stack.url}/api{path}", headers=foreign).status_code == 401

    def test_a19_it_lasts_12_hours_and_says_no_more_than_it_must(self, user: Caller) -> None:
        token = user.headers["Authorization"].removeprefix("Bearer ")
        assert jwt.get_unverified_header(token)["alg"] == "EdDSA"
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims["exp"] - claims["iat"] == 12 * 60 * 60
        assert claims.keys() == {"iss", "aud", "sub", "jti", "epoch", "iat", "nbf", "exp"}

    def test_only_auth_knows_the_secret(self, stack: Stack) -> None:
        secret = stack.environment("auth")["JWT_SECRET"]
        for service in ("tickets", "cti", "audit", "scheduler"):
            assert secret not in json.dumps(stack.environment(service))

    @pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
    def test_r6_the_case_of_the_scheme_does_not_matter(self, nobody: Caller, user: Caller, scheme: str) -> None:
        token = user.headers["Authorization"].removeprefix("Bearer ")
        assert nobody.get("/auth/me", headers={"Authorization": f"{scheme} {token}"}).status_code == 200


class TestKeys:
    def test_r7_goddards_key_opens_every_service(self, goddard: Caller) -> None:
        assert [goddard.get(path).status_code for path in EVERYWHERE] == [200, 200, 200, 200, 404]
        assert goddard.user["username"] == "goddard"

    @pytest.mark.parametrize("key", ["", "sk_", "sk_" + "x" * 49, "nonsense", "sk_\xff" + "x" * 48])
    def test_r7_others_do_not(self, nobody: Caller, key: str) -> None:
        for path in EVERYWHERE:
            assert nobody.get(path, headers={"X-Api-Key": key.encode("latin-1")}).status_code == 401

    def test_r7_the_key_of_somebody_who_is_no_service_any_more(self, callers: Callers, admin: Caller) -> None:
        service = callers.new("SERVICE")
        changed = admin.patch(f"/users/{service.id}", {"role": "AGENT", "password": PASSWORD})
        assert changed.status_code == 200
        for path in EVERYWHERE:
            soon(lambda path=path: is_refused(service, path), within=1)  # type: ignore[misc]

    def test_two_credentials_are_none(self, nobody: Caller, user: Caller, goddard: Caller) -> None:
        both = {**user.headers, **goddard.headers}
        for path in EVERYWHERE:
            refused = nobody.get(path, headers=both)
            assert refused.status_code == 401
            assert "not both" in refused.json()["detail"]


class TestLogout:
    def test_a25_the_token_is_refused_everywhere(self, callers: Callers) -> None:
        caller = callers.new()
        other = callers.log_in(caller.user["username"], PASSWORD)
        assert [caller.get(path).status_code for path in EVERYWHERE] == [200, 200, 200, 200, 404]
        gone = caller.post("/auth/logout")
        assert (gone.status_code, gone.content) == (204, b"")
        for path in EVERYWHERE:
            soon(lambda path=path: is_refused(caller, path), within=1)  # type: ignore[misc]
        assert [other.get(path).status_code for path in EVERYWHERE] == [200, 200, 200, 200, 404]

    def test_a25_it_does_not_come_back_at_the_end_of_its_life(self, stack: Stack, callers: Callers) -> None:
        """Clocks may differ by seconds, so a token lives on a little; its being signed out must live as long."""
        user, forger = callers.create_user(), Forger(stack)
        now = int(time.time())
        late = _bearer(forger.token(user["id"], 0, iat=now - 60, nbf=now - 60, exp=now - 1))
        nobody = callers.anonymous()
        assert nobody.get("/tickets?limit=1", headers=late).status_code == 200
        assert nobody.post("/auth/logout", headers=late).status_code == 204
        for path in EVERYWHERE:
            soon(lambda path=path: nobody.get(path, headers=late).status_code == 401, within=1)  # type: ignore[misc]

    def test_a25_the_cookie_goes(self, callers: Callers) -> None:
        cookie = callers.new().post("/auth/logout").headers["Set-Cookie"]
        assert cookie.startswith('session="";')
        assert "Max-Age=0" in cookie

    def test_a25_needs_a_session(self, nobody: Caller) -> None:
        assert nobody.post("/auth/logout").status_code == 401

    def test_a_key_stays_as_it_is(self, callers: Callers) -> None:
        service = callers.new("SERVICE")
        assert service.post("/auth/logout").status_code == 204
        assert service.get("/auth/me").status_code == 200


class TestPassword:
    NEW = "a-new-password-4-me"

    def change(self, caller: Caller, current: str = PASSWORD, new: str = NEW, **options: Any) -> httpx.Response:
        return caller.post("/auth/password", {"currentPassword": current, "newPassword": new}, **options)

    def test_a25_every_session_ends(self, callers: Callers, nobody: Caller) -> None:
        caller = callers.new()
        other = callers.log_in(caller.user["username"], PASSWORD)
        changed = self.change(caller)
        assert (changed.status_code, changed.content) == (204, b"")
        for session in (caller, other):
            for path in EVERYWHERE:
                soon(lambda session=session, path=path: is_refused(session, path), within=1)  # type: ignore[misc]
        assert log_in(nobody, caller.user["username"]).status_code == 401
        assert log_in(nobody, caller.user["username"], self.NEW).status_code == 200

    def test_a25_the_current_one_must_be_right(self, callers: Callers) -> None:
        caller = callers.new()
        refused = self.change(caller, current="wrong")
        assert refused.status_code == 422
        assert refused.json()["errors"] == [{"field": "currentPassword", "message": "is wrong"}]
        assert caller.get("/auth/me").status_code == 200

    @pytest.mark.parametrize("weak", ["", "elevenchars", "passwordpassword", "aaaaaaaaaaaaa", PASSWORD, "x" * 1_025])
    def test_a25_the_new_one_must_be_good(self, callers: Callers, weak: str) -> None:
        refused = self.change(callers.new(), new=weak)
        assert refused.status_code == 422
        assert [error["field"] for error in refused.json()["errors"]] == ["newPassword"]

    def test_a25_a_service_account_has_none(self, goddard: Caller) -> None:
        assert self.change(goddard, current="").status_code == 403

    def test_a25_a_browser_stays_signed_in(self, stack: Stack, callers: Callers) -> None:
        browser = Browser(stack.url, callers.create_user()["username"])
        first = browser.cookie
        changed = browser.ask("POST", "/auth/password", {"currentPassword": PASSWORD, "newPassword": self.NEW})
        assert changed.status_code == 204
        assert browser.cookie not in {first, None}
        assert browser.ask("GET", "/auth/me").status_code == 200
        browser.cookie = first
        assert browser.ask("GET", "/auth/me").status_code == 401

    def test_two_changes_at_once_are_one(self, callers: Callers) -> None:
        caller = callers.new()
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda n: self.change(caller, new=f"a-new-password-{n}"), range(4)))
        assert [answer.status_code for answer in answers].count(204) == 1
        assert {answer.status_code for answer in answers} <= {204, 401, 422}


class Browser:
    """Somebody signed in with a cookie, on the page they opened at `page`."""

    def __init__(self, page: str, username: str, password: str = PASSWORD, *, name: str = "session") -> None:
        self.page = page
        self.name = name
        self.cookie: str | None = None
        self.login = self.ask("POST", "/auth/login", {"username": username, "password": password})
        assert self.login.status_code == 200, self.login.text

    def ask(self, method: str, path: str, json: Any = None, **headers: str | None) -> httpx.Response:
        """As a browser does it: with the cookie, and with `Origin` on what is not GET. None leaves one out."""
        sent: dict[str, str | None] = {"Cookie": f"{self.name}={self.cookie}"} if self.cookie else {}
        if method != "GET":
            sent["Origin"] = self.page
        sent |= headers
        given = {name: value for name, value in sent.items() if value is not None}
        answer = httpx.request(method, f"{self.page}/api{path}", json=json, headers=given, timeout=30)
        self.cookie = answer.cookies.get(self.name, self.cookie)
        return answer


@pytest.fixture
def browser(stack: Stack, jane: dict[str, Any]) -> Browser:
    return Browser(stack.url, jane["username"])


class TestCookie:
    def test_its_flags(self, browser: Browser) -> None:
        cookie = browser.login.headers["Set-Cookie"]
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert parts == {"httponly", "samesite=strict", "path=/", "max-age=43200"}
        assert cookie.startswith(f"session={browser.login.json()['token']};")

    def test_it_opens_every_service(self, browser: Browser) -> None:
        assert [browser.ask("GET", path).status_code for path in EVERYWHERE] == [200, 200, 200, 200, 404]

    @pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "[::1]"])
    def test_changes_come_from_its_own_page(self, stack: Stack, jane: dict[str, Any], make: Factory, name: str) -> None:
        page = f"http://{name}:{urlsplit(stack.url).port}"
        browser = Browser(page, jane["username"])
        ticket = make.ticket()
        said = browser.ask("POST", f"/tickets/{ticket['id']}/comments", {"body": "from my page"})
        assert said.status_code == 201

    def test_changes_may_come_from_the_clients_address(self, stack: Stack, browser: Browser, make: Factory) -> None:
        origin = stack.environment("auth")["CLIENT_URL"]
        where = f"/tickets/{make.ticket()['id']}/comments"
        assert browser.ask("POST", where, {"body": "from the client"}, Origin=origin).status_code == 201

    @pytest.mark.parametrize(
        "origin",
        [
            None,
            "",
            "null",
            "https://evil.example",
            "http://127.0.0.1",
            "http://127.0.0.1:1",
            "nonsense",
            "://",
            "http://",
        ],
    )
    def test_changes_come_from_no_other(self, browser: Browser, make: Factory, origin: str | None) -> None:
        ticket = make.ticket()
        refused = browser.ask("POST", f"/tickets/{ticket['id']}/comments", {"body": "forged"}, Origin=origin)
        assert refused.status_code == 403
        assert refused.json()["code"] == "foreign_origin"
        assert browser.ask("GET", f"/tickets/{ticket['id']}", Origin=origin).json()["comments"] == []
        assert browser.ask("POST", "/auth/logout", Origin=origin).status_code == 403

    def test_a_claimed_host_does_not_help(self, browser: Browser, make: Factory) -> None:
        where = f"/tickets/{make.ticket()['id']}/comments"
        forged = {"Origin": "https://evil.example", "X-Forwarded-Host": "evil.example"}
        assert browser.ask("POST", where, {"body": "forged"}, **forged).status_code == 403

    def test_an_explicit_credential_wins(self, browser: Browser, agent: Caller, goddard: Caller) -> None:
        for caller in (agent, goddard):
            assert browser.ask("GET", "/auth/me", **caller.headers).json()["id"] == caller.id
            assert (
                browser.ask("POST", "/tickets", {}, Origin="https://evil.example", **caller.headers).status_code == 422
            )
        assert browser.ask("GET", "/auth/me", Authorization="Bearer nonsense").status_code == 401

    def test_signing_out_ends_it(self, stack: Stack, jane: dict[str, Any]) -> None:
        browser = Browser(stack.url, jane["username"])
        stolen = browser.cookie
        assert browser.ask("POST", "/auth/logout").status_code == 204
        browser.cookie = stolen
        for path in EVERYWHERE:
            soon(lambda path=path: browser.ask("GET", path).status_code == 401, within=1)  # type: ignore[misc]

    def test_over_https_it_is_bound_to_the_host(self, production: FirstDay) -> None:
        browser = Browser(production.stack.url, "admin", CHOSEN, name="__Host-session")
        cookie = browser.login.headers["Set-Cookie"]
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert parts == {"httponly", "samesite=strict", "path=/", "max-age=43200", "secure"}
        assert browser.ask("GET", "/auth/me").status_code == 200
        assert browser.ask("POST", "/tickets", {}, Origin=CLIENT).status_code == 422
        gone = browser.ask("POST", "/auth/logout").headers["Set-Cookie"]
        assert gone.startswith('__Host-session="";')
        assert "Secure" in gone


class TestMustChange:
    """The seeded password, on the first day of a production."""

    def test_it_signs_in_and_says_so(self, production: FirstDay) -> None:
        assert production.login.status_code == 200
        assert production.login.json()["user"]["mustChangePassword"] is True
        assert production.before["/auth/me"].json()["mustChangePassword"] is True

    @pytest.mark.parametrize("path", ASKED[1:])
    def test_it_opens_nothing_else(self, production: FirstDay, path: str) -> None:
        refused = production.before[path]
        assert refused.status_code == 403
        assert refused.json()["code"] == "password_change_required"
        assert "/api/auth/password" in refused.json()["detail"]

    def test_until_it_is_changed(self, production: FirstDay) -> None:
        assert production.change.status_code == 204
        assert [answer.status_code for answer in production.after.values()] == [200, 200, 200, 200, 404]
        assert production.after["/auth/me"].json()["mustChangePassword"] is False

    def test_for_development_it_is_only_said(self, admin: Caller) -> None:
        assert admin.get("/auth/me").json()["mustChangePassword"] is True
        assert admin.get("/tickets?limit=1").status_code == 200


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
