"""A caller's patience and its limits, against answers that a restarting stack gives."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from devstack.api_client import (
    ApiRefused,
    ApiUnreachable,
    Caller,
    Credentials,
    CredentialsMissing,
    Patience,
    Traffic,
    version_in,
)

Answer = httpx.Response | httpx.TransportError
HASTE = Patience(first=0.0, longest=0.0, total=5.0)


class Script:
    """Answers one after the other, and the requests that got them."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, httpx.TransportError):
            raise answer
        return answer


def run(script: Callable[[httpx.Request], httpx.Response], *, patience: Patience = HASTE) -> tuple[object, Traffic]:
    traffic = Traffic()

    async def post() -> object:
        async with httpx.AsyncClient(base_url="http://stack.example", transport=httpx.MockTransport(script)) as http:
            caller = Caller(http, {"X-Api-Key": "sk_one"}, traffic, patience)
            return (await caller.post("/api/tickets", {"title": "One"})).json()

    return asyncio.run(post()), traffic


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.RemoteProtocolError("cut"),
        httpx.Response(429, headers={"Retry-After": "0"}),
        httpx.Response(502),
        httpx.Response(503),
        httpx.Response(504),
        httpx.Response(409, headers={"Retry-After": "0"}),
    ],
    ids=repr,
)
def test_a_restart_is_waited_for_and_the_creation_keeps_its_key(trouble: Answer) -> None:
    script = Script(trouble, trouble, httpx.Response(201, json={"id": "1"}))
    answer, traffic = run(script)
    assert answer == {"id": "1"}
    assert (traffic.requests, traffic.retries) == (3, 2)
    assert len({request.headers["Idempotency-Key"] for request in script.requests}) == 1
    assert {request.headers["X-Api-Key"] for request in script.requests} == {"sk_one"}


@pytest.mark.parametrize("status", [401, 403, 404, 409, 412, 422, 500])
def test_a_refusal_is_final_and_told_as_the_api_tells_it(status: int) -> None:
    problem = {
        "title": "No",
        "detail": "It is wrong.",
        "code": "wrong",
        "errors": [{"field": "title", "message": "is required"}],
    }
    with pytest.raises(ApiRefused, match=rf"POST /api/tickets: {status} wrong: It is wrong. \(title: is required\)"):
        run(Script(httpx.Response(status, json=problem)))


def test_patience_ends() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(ApiUnreachable, match="no answer after 1 attempts: refused"):
        run(refuse, patience=Patience(first=1.0, total=0.1))


def test_pauses_grow_to_a_limit_and_obey_retry_after() -> None:
    patience = Patience(first=0.2, longest=8.0)
    assert 0.1 <= patience.pause(0, None) <= 0.2
    assert 4.0 <= patience.pause(30, None) <= 8.0
    assert 7.0 <= patience.pause(0, "7") <= 7.2


def test_every_page_of_a_list_is_read_wherever_its_link_points() -> None:
    link = {"Link": '<https://elsewhere.example/api/tickets?limit=200&cursor=c2>; rel="next"'}
    script = Script(httpx.Response(200, json=[1, 2], headers=link), httpx.Response(200, json=[3]))

    async def read() -> list[object]:
        async with httpx.AsyncClient(base_url="http://stack.example", transport=httpx.MockTransport(script)) as http:
            return await Caller(http, {}, Traffic()).list_all("/api/tickets", search="INC")

    assert asyncio.run(read()) == [1, 2, 3]
    assert [str(request.url) for request in script.requests] == [
        "http://stack.example/api/tickets?search=INC&limit=200",
        "http://stack.example/api/tickets?limit=200&cursor=c2",
    ]


def test_an_etag_tells_the_version() -> None:
    assert version_in('"17-8f0c"') == 17
    assert version_in('W/"17-8f0c"') == 17


class TestCredentials:
    def test_the_key_file_and_the_seeded_admin_are_the_default(self, tmp_path: Path) -> None:
        key_file = tmp_path / "goddard.key"
        key_file.write_text("sk_one\n")
        assert Credentials.from_environment(key_file, {}) == Credentials("sk_one", "admin", "admin123")

    def test_the_environment_wins(self, tmp_path: Path) -> None:
        environment = {"API_KEY": "sk_two", "ADMIN_USERNAME": "ada", "ADMIN_PASSWORD": "secret"}
        found = Credentials.from_environment(tmp_path / "absent", environment)
        assert found == Credentials("sk_two", "ada", "secret")

    def test_no_key_is_a_sentence_with_the_way_out(self, tmp_path: Path) -> None:
        with pytest.raises(CredentialsMissing, match=r"goddard.key cannot be read .*`make up`.*API_KEY"):
            Credentials.from_environment(tmp_path / "goddard.key", {})
