"""A18, R81 and what every route keeps to, whichever service answers it."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx
import psycopg
import pytest

from support.clients import PASSWORD, Caller, Callers
from support.eventually import soon
from support.factories import Factory, unique
from support.operations import UNKNOWN, Operation, operations
from support.stack import System

MIB = 1024 * 1024
JSON = {"Content-Type": "application/json"}
SERVICES = ["/auth/me", "/users", "/cti/categories", "/tickets", f"/tickets/{UNKNOWN}/audit"]
"""A path of each service, and of each router in front of them."""


def names(found: object) -> str:
    return str(found)


with_body = pytest.mark.parametrize("operation", [o for o in operations() if o.has_body], ids=names)
every_service = pytest.mark.parametrize("path", SERVICES)


def problem_of(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The problem document, which says the status it came with."""
    assert answer.status_code == status, f"{answer.request.method} {answer.request.url}: {answer.text}"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    problem: dict[str, Any] = answer.json()
    assert {"type", "title", "status", "detail", "code"} <= problem.keys()
    assert problem["status"] == status
    assert ("errors" in problem) == (status == 422)
    return problem


@pytest.fixture(scope="module")
def existing(make: Factory, admin: Caller, callers: Callers) -> Callable[[Operation], str]:
    """The path of an operation with ids of things that are there."""
    ticket, route = make.ticket(), make.route()
    comment = make.comment(ticket)
    user = callers.create_user()
    ids = {
        "/tickets": {"id": ticket["id"], "commentId": comment["id"]},
        "/users": {"id": user["id"]},
        "/cti/categories": {"id": route.category["id"]},
        "/cti/types": {"id": route.type["id"]},
        "/cti/items": {"id": route.item["id"]},
    }

    def path(operation: Operation) -> str:
        of = next((ids[prefix] for prefix in ids if operation.path.startswith(f"{prefix}/")), {})
        return operation.at(**of)

    return path


class TestProblems:
    @pytest.mark.parametrize("path", ["", "/", "/nothing", "/ticketsX", "/users2", "/docs2", "/internal/users"])
    def test_an_unknown_address_is_never_the_page(self, admin: Caller, path: str) -> None:
        for method in ("GET", "POST", "DELETE"):
            assert problem_of(admin.request(method, path), 404)["code"] == "not_found"

    @every_service
    def test_what_is_no_request(self, admin: Caller, path: str) -> None:
        assert problem_of(admin.request("NONSENSE", path), 400)["code"] == "bad_request"

    @pytest.mark.parametrize("path", ["/auth/nothing", "/users/1/2", "/cti/nothing", "/tickets/1/nothing", "/cti"])
    def test_an_unknown_address_below_a_service(self, admin: Caller, path: str) -> None:
        assert problem_of(admin.get(path), 404)["code"] == "not_found"

    @every_service
    def test_a_slash_too_many_leads_nowhere(self, nobody: Caller, path: str) -> None:
        """A redirect would be to plain http behind a proxy, with the caller's key."""
        problem_of(nobody.get(f"{path}/"), 404)

    @every_service
    def test_a_method_nobody_knows_here(self, admin: Caller, path: str) -> None:
        refused = admin.request("PUT" if path != "/auth/me" else "DELETE", path)
        assert problem_of(refused, 405)["code"] == "method_not_allowed"
        assert "GET" in refused.headers["Allow"]

    @pytest.mark.parametrize(
        "path", ["/internal/users", "/internal/heads", "/internal/nodes", "/metrics", "/healthz", "/readyz"]
    )
    def test_what_is_for_operators_is_not_there(self, stack: System, admin: Caller, path: str) -> None:
        for spelling in (path, f"/api{path}", f"/api/tickets/..%2f..{path}", f"/api/tickets/%2e%2e/%2e%2e{path}"):
            answer = httpx.get(f"{stack.url}{spelling}", headers=admin.headers)
            assert answer.status_code == 404, spelling
            assert answer.headers["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize("service", ["auth", "tickets", "cti"])
    def test_internal_addresses_want_a_service(
        self, stack: System, admin: Caller, goddard: Caller, service: str
    ) -> None:
        path = {"auth": "/internal/users", "tickets": "/internal/heads", "cti": "/internal/nodes"}[service]
        for headers in ({}, admin.headers, goddard.headers, {"Authorization": "Bearer x.y.z"}):
            problem_of(httpx.get(f"{stack.internal_url(service)}{path}", headers=headers), 401)


BAD_BODIES = {
    "empty": b"",
    "cut off": b'{"title": ',
    "no JSON": b"title=x",
    "a list": b"[]",
    "a text": b'"x"',
    "null": b"null",
    "NaN": b'{"title": NaN}',
    "too large a number": b'{"severity": 1e400}',
    "a number of 5,000 digits": b'{"severity": 1' + b"0" * 5000 + b"}",
    "lists 400 deep": b"[" * 400 + b"]" * 400,
    "deep lists": b"[" * 100_000,
    "closed deep lists": b"[" * 50_000 + b"]" * 50_000,
    "deep objects": b'{"title": ' * 20_000 + b"1" + b"}" * 20_000,
    "a lone surrogate": rb'{"title": "\ud800", "name": "\udfff", "username": "\ud800"}',
    "bad UTF-8": b'{"title": "\xff\xfe"}',
    "an overlong NUL": b'{"title": "\xc0\x80"}',
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
}
TEXTS = {
    "/auth/login": ("username", {"password": "x"}),
    "/auth/password": ("newPassword", {"currentPassword": "x"}),
    "/cti/categories": ("name", {}),
    "/cti/types": ("name", {"categoryId": UNKNOWN}),
    "/cti/items": ("name", {"typeId": UNKNOWN}),
    "/tickets": ("title", {}),
    "/tickets/{id}/comments": ("body", {}),
    "/users": ("displayName", {}),
}
UNKNOWN_FIELDS = ("isAdmin", "category_id", "display_name", "current_password")
"""The last three are what our own code calls fields with other names."""


class TestBodies:
    @with_body
    @pytest.mark.parametrize("body", BAD_BODIES.values(), ids=BAD_BODIES.keys())
    def test_what_cannot_be_read_is_422(
        self, existing: Callable[[Operation], str], admin: Caller, operation: Operation, body: bytes
    ) -> None:
        headers = JSON | {"Idempotency-Key": unique()}
        refused = admin.request(operation.method, existing(operation), content=body, headers=headers)
        problem_of(refused, 422)

    @with_body
    def test_only_json_is_read(self, existing: Callable[[Operation], str], admin: Caller, operation: Operation) -> None:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None):
            headers = {"Content-Type": kind} if kind else {}
            refused = admin.request(operation.method, existing(operation), content=b"{}", headers=headers)
            assert "Content-Type: application/json" in problem_of(refused, 422)["detail"]

    @with_body
    def test_an_unknown_field_is_refused_by_name(
        self, existing: Callable[[Operation], str], admin: Caller, operation: Operation
    ) -> None:
        refused = admin.request(operation.method, existing(operation), json=dict.fromkeys(UNKNOWN_FIELDS, True))
        errors = problem_of(refused, 422)["errors"]
        for field in UNKNOWN_FIELDS:
            assert {"field": field, "message": "is not a field of this request"} in errors

    def test_more_fields_than_any_request_has_are_one_error(self, nobody: Caller) -> None:
        refused = nobody.post("/auth/login", {f"{number}": 0 for number in range(180_000)})
        assert [error["field"] for error in problem_of(refused, 422)["errors"]] == ["body"]

    @with_body
    def test_nul_is_refused_by_name(
        self, existing: Callable[[Operation], str], admin: Caller, operation: Operation
    ) -> None:
        where = operation.path.removesuffix("/{id}")
        field, rest = TEXTS[where]
        refused = admin.request(operation.method, existing(operation), json={field: "a\x00b", **rest})
        errors = {error["field"]: error["message"] for error in problem_of(refused, 422)["errors"]}
        assert errors[field] == "must not contain the NUL character"

    def test_what_was_sent_is_not_told_back(self, admin: Caller, nobody: Caller) -> None:
        for refused in (
            nobody.post("/auth/login", {"username": "x", "password": ["hunter2-hunter2"]}),
            admin.post("/users", {"username": "x", "password": "hunter2", "role": "hunter2-hunter2"}),
            admin.post("/tickets", {"severity": "hunter2-hunter2"}),
        ):
            assert "hunter2" not in json.dumps(problem_of(refused, 422))

    @with_body
    def test_over_2_mib_is_413(self, existing: Callable[[Operation], str], admin: Caller, operation: Operation) -> None:
        refused = admin.request(operation.method, existing(operation), content=b"x" * (2 * MIB + 1), headers=JSON)
        assert problem_of(refused, 413)["code"] == "body_too_large"

    @pytest.mark.parametrize("path", ["/auth/login", "/users", "/cti/categories", "/tickets"])
    def test_over_2_mib_in_chunks_is_413(self, admin: Caller, path: str) -> None:
        problem_of(admin.post(path, content=chunks(3 * MIB), headers=JSON), 413)

    @pytest.mark.parametrize("path", ["/users", "/cti/categories", "/tickets"])
    def test_the_caller_comes_before_the_size(self, nobody: Caller, user: Caller, path: str) -> None:
        for content in (b"x" * (2 * MIB + 1), chunks(3 * MIB)):
            problem_of(nobody.post(path, content=content, headers=JSON), 401)
        problem_of(user.post(path, content=b"x" * (2 * MIB + 1), headers=JSON), 403)

    def test_2_mib_is_not_too_much(self, admin: Caller) -> None:
        body = b'{"title": "x"}' + b" " * (2 * MIB - 14)
        assert "body" not in {error["field"] for error in problem_of(_sent(admin, body), 422)["errors"]}
        problem_of(_sent(admin, body + b" "), 413)

    def test_keys_twice_are_read_once(self, make: Factory, agent: Caller) -> None:
        body = json.dumps(make.new_ticket()).encode().replace(b'"severity": 3', b'"severity": 3, "severity": 2')
        assert _sent(agent, body).json()["severity"] == 2


def _sent(caller: Caller, body: bytes) -> httpx.Response:
    return caller.post("/tickets", content=body, headers=JSON)


def chunks(size: int) -> Iterator[bytes]:
    for _ in range(size // 65_536):
        yield b" " * 65_536


class TestSentences:
    """Every field that is wrong, and what is allowed in it, in the words of one hand."""

    def test_a18_of_a_body(self, callers: Callers, make: Factory) -> None:
        new = {
            "title": "x" * 501,
            "overview": 7,
            "severity": "3",
            "colour": "red",
            **make.a_route.ids,
            "itemId": "none",
        }
        problem = problem_of(callers["AGENT"].post("/tickets", new), 422)
        assert {each["field"]: each["message"] for each in problem["errors"]} == {
            "title": "must have at most 500 characters",
            "overview": "must be text",
            "severity": "must be a whole number",
            "colour": "is not a field of this request",
        }
        new = {"title": "x", "severity": 9, **make.a_route.ids}
        problem = problem_of(callers["AGENT"].post("/tickets", new), 422)
        assert {each["field"]: each["message"] for each in problem["errors"]} == {
            "overview": "is required",
            "severity": "must be 5 or less",
        }

    def test_a18_of_a_query(self, callers: Callers) -> None:
        problem = problem_of(callers["AGENT"].get("/tickets?severity=high&status=LOST&limit=0"), 422)
        assert {each["field"]: each["message"] for each in problem["errors"]} == {
            "severity": "must be a whole number",
            "status": "must be 'OPEN', 'IN_PROGRESS', 'RESOLVED' or 'CLOSED'",
            "limit": "must be 1 or more",
        }


class TestOrder:
    @pytest.mark.parametrize("operation", [o for o in operations() if o.roles], ids=names)
    def test_401_403_404_422(self, callers: Callers, nobody: Caller, operation: Operation) -> None:
        """One request that is wrong in every way is told the first of them; without that, the next."""
        nonsense = {"content": b"{", "headers": JSON} if operation.has_body else {"params": {"limit": "none"}}
        problem_of(nobody.request(operation.method, operation.at(), **nonsense), 401)
        for role in ("USER", "AGENT", "SERVICE"):
            if role not in operation.roles:
                problem_of(callers[role].request(operation.method, operation.at(), **nonsense), 403)
        if operation.names_something:
            problem_of(callers["ADMIN"].request(operation.method, operation.at(), **nonsense), 404)
        elif operation.has_body:
            problem_of(callers["ADMIN"].request(operation.method, operation.at(), **nonsense), 422)

    def test_401_says_how(self, nobody: Caller) -> None:
        for path in SERVICES:
            assert nobody.get(path).headers["WWW-Authenticate"] == "Bearer"


@dataclass(frozen=True)
class Creator:
    """A POST that creates: its path, and a body that succeeds."""

    path: str
    body: dict[str, Any]
    field: str

    def other_body(self) -> dict[str, Any]:
        return self.body | {self.field: unique("other")}


CREATORS = ["tickets", "comments", "categories", "types", "items", "users", "service users"]


@pytest.fixture(scope="module")
def other_admin(callers: Callers) -> Caller:
    return callers.new("ADMIN")


@pytest.fixture(params=CREATORS)
def creator(request: pytest.FixtureRequest, make: Factory) -> Creator:
    route, name = make.a_route, unique("once")
    person = {"username": name, "email": f"{name}@example.org", "displayName": name}
    match request.param:
        case "tickets":
            return Creator("/tickets", make.new_ticket(), "title")
        case "comments":
            return Creator(f"/tickets/{make.ticket()['id']}/comments", {"body": name}, "body")
        case "categories":
            return Creator("/cti/categories", {"name": name}, "name")
        case "types":
            return Creator("/cti/types", {"name": name, "categoryId": route.category["id"]}, "name")
        case "items":
            return Creator("/cti/items", {"name": name, "typeId": route.type["id"]}, "name")
        case "users":
            return Creator("/users", person | {"role": "USER", "password": PASSWORD}, "displayName")
        case _:
            return Creator("/users", person | {"role": "SERVICE"}, "displayName")


class TestIdempotencyKey:
    """I11: one resource for one key. I7: a refused request leaves nothing behind."""

    def test_i11_sent_again_it_creates_nothing(self, admin: Caller, creator: Creator) -> None:
        key = {"Idempotency-Key": unique()}
        first = admin.post(creator.path, creator.body, headers=key)
        reordered = dict(reversed(creator.body.items()))
        again = admin.post(creator.path, reordered, headers=key)
        assert (first.status_code, again.status_code) == (201, 201)
        assert "Idempotent-Replayed" not in first.headers
        assert again.headers["Idempotent-Replayed"] == "true"
        assert again.json() == {name: value for name, value in first.json().items() if name != "apiKey"}

    def test_another_body_is_422(self, admin: Caller, creator: Creator) -> None:
        key = {"Idempotency-Key": unique()}
        admin.post(creator.path, creator.body, headers=key)
        refused = admin.post(creator.path, creator.other_body(), headers=key)
        assert problem_of(refused, 422)["errors"][0]["field"] == "Idempotency-Key"

    def test_i11_many_at_once_create_one(self, admin: Caller, creator: Creator) -> None:
        key = {"Idempotency-Key": unique()}
        with ThreadPoolExecutor(8) as pool:
            answers = list(
                pool.map(lambda _: admin.post(creator.path, creator.body, headers=key, timeout=30), range(8))
            )
        created = [answer for answer in answers if answer.status_code == 201]
        assert {answer.status_code for answer in answers} <= {201, 409}
        assert all(answer.headers["Retry-After"] for answer in answers if answer.status_code == 409)
        assert len({answer.json()["id"] for answer in created}) == 1
        assert len([answer for answer in created if "Idempotent-Replayed" not in answer.headers]) == 1

    def test_i7_a_refused_request_stores_nothing(self, admin: Caller, creator: Creator) -> None:
        key = {"Idempotency-Key": unique()}
        problem_of(admin.post(creator.path, creator.body | {creator.field: " "}, headers=key), 422)
        assert "Idempotent-Replayed" not in admin.post(creator.path, creator.body, headers=key).headers

    def test_keys_of_others_are_others(self, admin: Caller, other_admin: Caller, creator: Creator) -> None:
        key = {"Idempotency-Key": unique()}
        other = creator.other_body()
        if creator.path == "/users":
            name = unique("other")
            other |= {"username": name, "email": f"{name}@example.org"}
        first = admin.post(creator.path, creator.body, headers=key)
        second = other_admin.post(creator.path, other, headers=key)
        assert second.status_code == 201
        assert second.json()["id"] != first.json()["id"]

    @pytest.mark.parametrize("key", ["", "x" * 256, "\u00a0", "a\tb"])
    def test_keys_that_are_none(self, admin: Caller, make: Factory, key: str) -> None:
        refused = admin.post("/tickets", make.new_ticket(), headers={"Idempotency-Key": key.encode("latin-1")})
        assert problem_of(refused, 422)["errors"][0]["field"].lower() == "idempotency-key"

    def test_what_is_not_there_comes_before_them(self, agent: Caller) -> None:
        refused = agent.post("/tickets/V000000000/comments", {"body": "x"}, headers={"Idempotency-Key": "x" * 300})
        problem_of(refused, 404)
        refused = agent.post("/tickets/V000000000/comments", {"body": "x"}, headers={"Idempotency-Key": b"\xa0"})
        problem_of(refused, 404)

    def test_the_longest_key(self, admin: Caller, make: Factory) -> None:
        key = {"Idempotency-Key": unique() + "k" * 240}
        body = make.new_ticket()
        assert admin.post("/tickets", body, headers=key).json() == admin.post("/tickets", body, headers=key).json()

    def test_signing_in_is_no_creation(self, callers: Callers, nobody: Caller) -> None:
        key, user = {"Idempotency-Key": unique()}, callers.create_user()
        credentials = {"username": user["username"], "password": PASSWORD}
        first, second = (nobody.post("/auth/login", credentials, headers=key) for _ in range(2))
        assert first.json()["token"] != second.json()["token"]


class TestCaching:
    def test_what_can_be_asked_again_cheaply(self, make: Factory, user: Caller) -> None:
        ticket = make.ticket()
        paths = ("/users", "/cti/categories", "/cti/types", "/cti/items")
        for path in (*paths, f"/tickets/{ticket['id']}", f"/tickets/{ticket['id']}/audit", "/tickets?limit=5"):
            first = user.get(path)
            assert first.headers["Cache-Control"] == "private, no-cache", path
            tag = first.headers["ETag"]
            for known in (tag, f'"x", {tag}', f"W/{tag}"):
                again = user.get(path, headers={"If-None-Match": known})
                assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag), path
            assert user.get(path, headers={"If-None-Match": '"x"'}).status_code == 200

    def test_a_rename_changes_the_tag_of_a_ticket(self, make: Factory, admin: Caller, user: Caller) -> None:
        route = make.route()
        ticket = make.ticket(**route.ids)
        tag = user.get(f"/tickets/{ticket['id']}").headers["ETag"]
        admin.put(f"/cti/items/{route.item['id']}", {"name": unique()})

        def renamed() -> bool:
            return user.get(f"/tickets/{ticket['id']}", headers={"If-None-Match": tag}).status_code == 200

        soon(renamed)

    def test_everything_else_is_not_kept(self, make: Factory, agent: Caller, nobody: Caller) -> None:
        ticket = make.ticket()
        for answer in (
            agent.get("/auth/me"),
            agent.post(f"/tickets/{ticket['id']}/comments", {"body": "x"}),
            nobody.post("/auth/login", {"username": "nobody", "password": "wrong"}),
            nobody.get("/tickets"),
            agent.get("/nothing"),
        ):
            assert answer.headers["Cache-Control"] == "no-store", answer.request.url


class TestCors:
    @every_service
    def test_r81_the_clients_origin_is_let_in(self, stack: System, user: Caller, nobody: Caller, path: str) -> None:
        origin = stack.environment("auth")["CLIENT_URL"]
        for answer in (user.get(path, headers={"Origin": origin}), nobody.get(path, headers={"Origin": origin})):
            assert answer.headers["Access-Control-Allow-Origin"] == origin
            assert answer.headers["Access-Control-Allow-Credentials"] == "true"
            exposed = {name.strip() for name in answer.headers["Access-Control-Expose-Headers"].split(",")}
            assert {"ETag", "Link", "X-Total-Count", "Retry-After", "Idempotent-Replayed"} <= exposed
            assert "Origin" in answer.headers["Vary"]

    @every_service
    @pytest.mark.parametrize(
        "foreign", ["https://evil.example", "null", "http://localhost", "http://localhost:3080.evil"]
    )
    def test_r81_no_other_origin_is(self, user: Caller, path: str, foreign: str) -> None:
        answer = user.get(path, headers={"Origin": foreign})
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert "Origin" in answer.headers["Vary"]

    @every_service
    def test_r81_asked_before(self, stack: System, nobody: Caller, path: str) -> None:
        origin = stack.environment("auth")["CLIENT_URL"]
        asked = {
            "Origin": origin,
            "Access-Control-Request-Method": "PATCH",
            "Access-Control-Request-Headers": "content-type,if-match,idempotency-key,authorization,x-api-key",
        }
        allowed = nobody.request("OPTIONS", path, headers=asked)
        assert allowed.status_code == 200
        assert allowed.headers["Access-Control-Allow-Origin"] == origin
        assert {"GET", "POST", "PUT", "PATCH", "DELETE"} <= set(
            allowed.headers["Access-Control-Allow-Methods"].split(", ")
        )
        foreign = nobody.request("OPTIONS", path, headers=asked | {"Origin": "https://evil.example"})
        assert "Access-Control-Allow-Origin" not in foreign.headers


class TestHeaders:
    @pytest.mark.parametrize("path", [*SERVICES, "/nothing", "/docs", "/openapi.json"])
    def test_the_browser_is_told_to_be_careful(self, user: Caller, nobody: Caller, path: str) -> None:
        for caller in (user, nobody):
            headers = caller.get(path).headers
            assert headers["Content-Security-Policy"] == (
                "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; "
                "form-action 'self'; frame-ancestors 'none'; img-src 'self' data:"
            )
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "no-referrer"
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
            assert "Server" not in headers

    @every_service
    def test_a_request_has_an_id(self, user: Caller, nobody: Caller, path: str) -> None:
        for caller in (user, nobody):
            assert caller.get(path, headers={"X-Request-Id": "mine-1"}).headers["X-Request-Id"] == "mine-1"
            made = {caller.get(path).headers["X-Request-Id"] for _ in range(2)}
            assert len(made) == 2
            forged = caller.get(path, headers={"X-Request-Id": "x" * 200}).headers["X-Request-Id"]
            assert len(forged) == 36


COPY = """COPY tickets.tickets (id, display_id, title, overview, severity, status, category_id, type_id, item_id,
    created_by_id, created_at, updated_at, version, fields_version, comment_count) FROM STDIN"""
MANY = 3_000


class TestLongLists:
    @pytest.fixture
    def many(self, stack: System, make: Factory, agent: Caller) -> Iterator[str]:
        """The item of 3,000 tickets, put where they belong without anybody's being told."""
        route = make.route()
        with psycopg.connect(stack.database_url("tickets", "owner"), autocommit=True) as owner:
            with owner.cursor().copy(COPY) as copy:
                for n in range(MANY):
                    at = f"2020-01-01T{n % 24:02}:{n // 24 % 60:02}:00Z"
                    copy.write_row(
                        (
                            f"00000000-0000-7000-9000-{n:012}", f"W{n:09}", f"Number {n} “ünï”", "x" * 1_000,
                            1 + n % 5, "OPEN", *route.ids.values(), agent.id, at, at, 1, 1, 0,
                        )
                    )  # fmt: skip
            yield route.item["id"]
            owner.execute("DELETE FROM tickets.tickets WHERE item_id = %s", [route.item["id"]])

    def test_a13_everything_comes_as_a_stream(self, many: str, stack: System, user: Caller) -> None:
        with httpx.stream("GET", f"{stack.url}/api/tickets?itemId={many}", headers=user.headers) as answer:
            assert "Content-Length" not in answer.headers
            tickets = json.loads(b"".join(answer.iter_bytes()))
        assert len(tickets) == MANY
        order = [(ticket["severity"], ticket["createdAt"], ticket["id"]) for ticket in tickets]
        assert [one[0] for one in order] == sorted(one[0] for one in order)
        for severity in range(1, 6):
            within = [one[1:] for one in order if one[0] == severity]
            assert within == sorted(within, reverse=True)
        assert tickets[0].keys() >= {"displayId", "category", "createdBy", "_count"}

    def test_a13_and_page_by_page_it_is_the_same(self, many: str, user: Caller) -> None:
        everything = [ticket["id"] for ticket in user.get("/tickets", params={"itemId": many}).json()]
        paged: list[str] = []
        path: str | None = f"/tickets?itemId={many}&limit=200"
        while path:
            page = user.get(path)
            paged += [ticket["id"] for ticket in page.json()]
            following = page.links.get("next", {}).get("url")
            path = following and following.removeprefix("/api")
        assert paged == everything
