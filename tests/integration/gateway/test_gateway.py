"""The gateway: what goes where, and what it says where no service does."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import httpx
import pytest

from devstack.waiting import until
from integration.gateway.conftest import Open
from integration.gateway.upstream import OWN_PROBLEM, Upstream


@pytest.fixture(scope="module", autouse=True)
def silence(gateway: httpx.Client) -> Iterator[Future[httpx.Response]]:
    """What is answered to a question that a service stays silent at: asked first, because it takes 10 seconds."""
    pool = ThreadPoolExecutor(1)
    yield pool.submit(httpx.get, f"{gateway.base_url}/api/users/slow", timeout=15)
    pool.shutdown(wait=False)  # the service is released when it ends


class TestRoutes:
    @pytest.mark.parametrize(
        ("path", "service"),
        [
            ("/api/auth/me", "auth"),
            ("/api/users", "auth"),
            ("/api/users/1", "auth"),
            ("/api/cti/categories", "cti"),
            ("/api/tickets", "tickets"),
            ("/api/tickets/", "tickets"),
            ("/api/tickets/V123456789", "tickets"),
            ("/api/tickets/1/comments", "tickets"),
            ("/api/tickets/audit", "tickets"),
            ("/api/tickets/1/audit", "audit"),
            ("/api/tickets/1/audit/", "audit"),
            ("/api/tickets/1/audit?limit=3", "audit"),
            ("/api/tickets/1/%61udit", "audit"),
            ("/api/tickets/1/comments/audit", "tickets"),
        ],
    )
    def test_a_path_goes_to_its_service_as_it_is(self, gateway: httpx.Client, path: str, service: str) -> None:
        assert gateway.get(path).json()["service"].removesuffix("-2") == service

    @pytest.mark.parametrize(
        "path",
        [
            "/api",
            "/api/",
            "/api/nothing",
            "/api/usersX",
            "/api/ticketsXYZ",
            "/api/cti-x",
            "/internal/users",
            "/api/tickets/%2e%2e/%2e%2e/internal/users",
            "/api/../internal/users",
            "//internal/users",
            "/metrics",
            "/healthz",
            "/readyz",
        ],
    )
    def test_what_is_no_public_path_is_a_problem_404(self, gateway: httpx.Client, path: str) -> None:
        answer = gateway.get(f"{gateway.base_url}{path}")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"
        assert {"type", "title", "status", "detail", "code"} == answer.json().keys()
        assert answer.json()["code"] == "not_found"

    def test_no_encoded_spelling_reaches_internal_paths(
        self, gateway: httpx.Client, upstreams: dict[str, Upstream]
    ) -> None:
        for path in ("/api/tickets/..%2f..%2finternal/users", "/%69nternal/users", "/api/tickets/..;/internal/users"):
            gateway.get(path)
        asked = [call for upstream in upstreams.values() for call in upstream.calls]
        assert not [call for call in asked if call.split()[1].startswith("/internal")]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "help.example.org", "[::1]", "192.0.2.7"])
class TestNames:
    """People open it under whatever name their machine or proxy has; the sites behind it ask for none."""

    @staticmethod
    def get(gateway: httpx.Client, host: str, path: str) -> httpx.Response:
        return gateway.get(path, headers={"Host": f"{host}:{gateway.base_url.port}"})

    def test_the_client_is_there(self, gateway: httpx.Client, host: str) -> None:
        page = self.get(gateway, host, "/")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert "<title>" in page.text

    def test_the_reference_is_there(self, gateway: httpx.Client, host: str) -> None:
        assert "/api/docs/reference.js" in self.get(gateway, host, "/api/docs").text
        assert self.get(gateway, host, "/api/openapi.json").json()["openapi"].startswith("3.")

    def test_what_is_not_there_is_a_problem(self, gateway: httpx.Client, host: str) -> None:
        nothing = self.get(gateway, host, "/api/nothing")
        assert (nothing.status_code, nothing.headers["content-type"]) == (404, "application/problem+json")
        assert nothing.json()["code"] == "not_found"

    def test_what_a_service_breaks_off_is_a_problem(self, gateway: httpx.Client, host: str) -> None:
        _is_problem(self.get(gateway, host, "/api/cti/die"), 502, "bad_gateway")


class TestProblems:
    def test_a_service_that_breaks_off_is_a_problem_502(self, gateway: httpx.Client) -> None:
        _is_problem(gateway.get("/api/cti/die"), 502, "bad_gateway")

    def test_what_reached_a_service_is_never_sent_twice(
        self, gateway: httpx.Client, upstreams: dict[str, Upstream]
    ) -> None:
        for method in ("POST", "PATCH", "DELETE"):
            _is_problem(gateway.request(method, "/api/tickets/once/die", content=b"{}"), 502, "bad_gateway")
            sent = [upstreams[name].calls[f"{method} /api/tickets/once/die"] for name in ("tickets", "tickets-2")]
            assert sum(sent) == 1

    def test_a_services_own_503_keeps_its_words(self, gateway: httpx.Client) -> None:
        answer = gateway.get("/api/auth/busy")
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "7")
        assert answer.json() == OWN_PROBLEM

    def test_no_replica_ready_is_a_problem_503(self, gateway: httpx.Client, upstreams: dict[str, Upstream]) -> None:
        upstreams["audit"].is_ready = False
        try:
            assert until(lambda: gateway.get("/api/tickets/1/audit").status_code == 503, 5)
            _is_problem(gateway.get("/api/tickets/1/audit"), 503, "unavailable")
            assert gateway.get("/api/tickets/1").status_code == 200
        finally:
            upstreams["audit"].is_ready = True
        assert until(lambda: gateway.get("/api/tickets/1/audit").status_code == 200, 5)


class TestReplicas:
    def test_both_are_asked(self, gateway: httpx.Client, upstreams: dict[str, Upstream]) -> None:
        for _ in range(4):
            gateway.get("/api/tickets/both")
        assert upstreams["tickets"].calls["GET /api/tickets/both"] == 2
        assert upstreams["tickets-2"].calls["GET /api/tickets/both"] == 2

    def test_one_that_is_gone_fails_no_request(self, open_gateway: Open, upstreams: dict[str, Upstream]) -> None:
        gone = Upstream("cti-2")
        gateway = open_gateway(cti=f"{upstreams['cti'].url},{gone.url}")
        assert {gateway.get("/api/cti/items").json()["service"] for _ in range(4)} == {"cti", "cti-2"}
        gone.close()
        answers = [gateway.post("/api/cti/items", content=b"{}") for _ in range(100)]
        assert {answer.status_code for answer in answers} == {200}


class TestHeaders:
    @pytest.mark.parametrize(
        "path", ["/", "/api/docs", "/api/nothing", "/api/tickets", "/api/cti/die", "/api/auth/busy"]
    )
    def test_every_answer_carries_the_browser_rules(self, gateway: httpx.Client, path: str) -> None:
        headers = gateway.get(path).headers
        assert headers["content-security-policy"] == (
            "default-src 'self'; script-src 'self'; object-src 'none'; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'none'; img-src 'self' data:"
        )
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert "server" not in headers
        assert "strict-transport-security" not in headers

    def test_nobody_names_an_address_for_themselves(self, gateway: httpx.Client) -> None:
        forged = {"X-Forwarded-For": "6.6.6.6", "X_Forwarded_For": "6.6.6.6", "X-Forwarded-Host": "evil.example"}
        seen = gateway.get("/api/auth/me", headers=forged).json()["headers"]
        assert seen["X-Forwarded-For"] == "127.0.0.1"
        assert "6.6.6.6" not in str(seen)
        assert seen["X-Forwarded-Host"] == gateway.base_url.netloc.decode()

    def test_a_trusted_proxy_tells_address_and_scheme(self, open_gateway: Open) -> None:
        gateway = open_gateway(TRUSTED_PROXIES="127.0.0.1/32")
        answer = gateway.get("/api/auth/me", headers={"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"})
        assert answer.json()["headers"]["X-Forwarded-For"] == "203.0.113.7, 127.0.0.1"
        assert answer.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


class TestReference:
    def test_it_is_open_to_all_and_brings_its_own_script(self, gateway: httpx.Client) -> None:
        page = gateway.get("/api/docs")
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        for path in ("swagger-ui-bundle.js", "swagger-ui.css", "reference.js"):
            assert f'"/api/docs/{path}"' in page.text
            assert gateway.get(f"/api/docs/{path}").status_code == 200
        assert "http" not in page.text.replace("<!doctype html>", "")
        assert "<script>" not in page.text

    def test_it_can_be_switched_off(self, open_gateway: Open) -> None:
        gateway = open_gateway(API_DOCS="off")
        for path in ("/api/docs", "/api/docs/reference.js", "/api/openapi.json"):
            assert gateway.get(path).json()["code"] == "not_found"

    def test_it_answers_on_ipv6_too(self, gateway: httpx.Client) -> None:
        assert httpx.get(f"http://[::1]:{gateway.base_url.port}/api/docs").status_code == 200


class TestSilence:
    """Late in this file, so that the others are done meanwhile."""

    def test_a_service_that_stays_silent_is_a_problem_504(self, silence: Future[httpx.Response]) -> None:
        _is_problem(silence.result(), 504, "gateway_timeout")


def _is_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (answer.json()["status"], answer.json()["code"]) == (status, code)
    assert int(answer.headers["retry-after"]) >= 1
