"""The client's files: who gets the page, what may be kept and for how long."""

from pathlib import Path

import httpx
import pytest

from integration.gateway.conftest import BUILD, Open

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
PAGE = BUILD["index.html"]


class TestPages:
    @pytest.mark.parametrize("host", ["localhost", "127.0.0.1"])
    @pytest.mark.parametrize("path", ["/", "/tickets/V123456789", "/admin/users?role=AGENT", "/apiary", "/assets"])
    def test_any_path_outside_the_api_is_the_page_under_any_name(
        self, gateway: httpx.Client, host: str, path: str
    ) -> None:
        address = f"http://{host}:{gateway.base_url.port}{path}"
        for headers in (BROWSER, {"Accept": "*/*"}):
            answer = gateway.get(address, headers=headers | {"Accept-Encoding": "identity"})
            assert (answer.status_code, answer.text) == (200, PAGE)
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert answer.headers["cache-control"] == "no-cache"

    def test_asked_again_it_is_not_sent_again(self, gateway: httpx.Client) -> None:
        tag = gateway.get("/", headers=BROWSER).headers["etag"]
        assert gateway.get("/tickets", headers=BROWSER | {"If-None-Match": tag}).status_code == 304

    def test_who_takes_no_page_gets_none(self, gateway: httpx.Client) -> None:
        for accept in ("application/json", "image/avif,image/webp,image/*,*/*;q=0.8"):
            _is_problem(gateway.get("/tickets/V123456789", headers={"Accept": accept}), 404, "not_found")

    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
    def test_a_page_cannot_be_changed(self, gateway: httpx.Client, method: str) -> None:
        _is_problem(gateway.request(method, "/tickets", headers=BROWSER), 405, "method_not_allowed")

    def test_the_api_never_falls_back_to_the_page(self, gateway: httpx.Client) -> None:
        for path in ("/api", "/api/", "/api/nothing"):
            _is_problem(gateway.get(path, headers=BROWSER), 404, "not_found")

    def test_before_the_first_build_a_page_says_so(self, open_gateway: Open, tmp_path: Path) -> None:
        gateway = open_gateway(serves=tmp_path)
        answer = gateway.get("/tickets", headers=BROWSER)
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
        assert "/api/docs" in answer.text
        (tmp_path / "index.html").write_text(PAGE)
        assert gateway.get("/tickets", headers=BROWSER).text == PAGE


class TestFiles:
    def test_what_carries_its_hash_is_kept_for_ever(self, gateway: httpx.Client) -> None:
        answer = gateway.get("/assets/index-4f3a.js", headers={"Accept-Encoding": "identity"})
        assert answer.text == BUILD["assets/index-4f3a.js"]
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"

    def test_what_keeps_its_name_is_asked_for_anew(self, gateway: httpx.Client) -> None:
        assert gateway.get("/start.js").headers["cache-control"] == "no-cache"

    def test_a_missing_asset_is_neither_the_page_nor_kept(self, gateway: httpx.Client) -> None:
        for headers in (BROWSER, {"Accept": "*/*"}):
            answer = gateway.get("/assets/index-0000.js", headers=headers)
            _is_problem(answer, 404, "not_found")
            assert answer.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize(("accepted", "file"), [("gzip, br", ".br"), ("br", ".br"), ("gzip", ".gz")])
    def test_the_builds_own_compression_is_used(self, gateway: httpx.Client, accepted: str, file: str) -> None:
        with gateway.stream("GET", "/assets/index-4f3a.js", headers={"Accept-Encoding": accepted}) as answer:
            assert answer.headers["content-encoding"] == {".br": "br", ".gz": "gzip"}[file]
            assert answer.headers["vary"] == "Accept-Encoding"
            assert b"".join(answer.iter_raw()).decode() == BUILD[f"assets/index-4f3a.js{file}"]

    def test_what_it_left_is_compressed_on_the_way(self, gateway: httpx.Client) -> None:
        for accepted in ("zstd", "gzip"):
            with gateway.stream("GET", "/assets/large-77aa.css", headers={"Accept-Encoding": accepted}) as answer:
                assert answer.headers["content-encoding"] == accepted
                assert len(b"".join(answer.iter_raw())) < len(BUILD["assets/large-77aa.css"]) / 2

    @pytest.mark.parametrize("path", ["/.vite/manifest.json", "/assets/../.vite/manifest.json", "/%2e%2e/etc/passwd"])
    def test_nothing_else_is_served(self, gateway: httpx.Client, path: str) -> None:
        answer = gateway.get(f"{gateway.base_url}{path}", headers={"Accept-Encoding": "identity"})
        assert answer.status_code == 404 or answer.text == PAGE


def _is_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (answer.json()["status"], answer.json()["code"]) == (status, code)
