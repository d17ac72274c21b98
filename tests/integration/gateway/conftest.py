from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from devstack.settings import Settings
from devstack.stack import Stack
from integration.gateway.upstream import Upstream

BUILD = {
    "index.html": "<!doctype html><title>The client</title>",
    "index.html.br": "pretend brotli of the page",
    "start.js": "'use strict';",
    "assets/index-4f3a.js": "console.info('hashed');",
    "assets/index-4f3a.js.br": "pretend brotli",
    "assets/index-4f3a.js.gz": "pretend gzip",
    "assets/large-77aa.css": "a { color: red }\n" * 200,
    ".vite/manifest.json": "{}",
}
"""A build of the client: a page, what the page names, and what nobody asks for."""

SERVICES = ("auth", "cti", "tickets", "audit")

Open = Callable[..., httpx.Client]


@pytest.fixture(scope="module")
def upstreams() -> Iterator[dict[str, Upstream]]:
    """One stand-in a service; tickets has a second replica."""
    made = {name: Upstream(name) for name in (*SERVICES, "tickets-2")}
    yield made
    for upstream in made.values():
        upstream.close()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    for name, content in BUILD.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(content)
    return folder


@pytest.fixture(scope="module")
def open_gateway(
    upstreams: dict[str, Upstream], site: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Open]:
    """The real Traefik and Caddy in front of the stand-ins, with the operator's variables."""
    with ExitStack() as opened:

        def open_(*, cti: str = "", serves: Path = site, **variables: str) -> httpx.Client:
            urls = {f"{name.upper()}_URL": upstreams[name].url for name in SERVICES}
            urls["TICKETS_URL"] += f",{upstreams['tickets-2'].url}"
            urls["CTI_URL"] = cti or urls["CTI_URL"]
            urls["SITE_ROOT"] = str(serves)
            folder: Path = tmp_path_factory.mktemp("gateway")
            settings = Settings(data=folder, port=0, variables=variables)
            stack = Stack(settings, components=("caddy", "traefik"), env=urls)
            stack.start()
            opened.callback(stack.stop)
            client = httpx.Client(base_url=stack.url)
            opened.callback(client.close)
            return client

        yield open_


@pytest.fixture(scope="module")
def gateway(open_gateway: Open) -> httpx.Client:
    return open_gateway()
