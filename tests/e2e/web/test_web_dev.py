"""R83: the client's sources with hot reload, before a running system."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, expect

from devstack.ports import Ports
from devstack.settings import ROOT
from support.clients import Callers
from support.eventually import soon
from support.factories import Factory
from support.screen import comment_by, sign_in
from support.stack import System


@pytest.fixture
def address(client: None, stack: System) -> Iterator[str]:
    ports = Ports()
    port = ports.take()
    process = subprocess.Popen(
        [sys.executable, "-m", "devstack", "web-dev"],
        cwd=ROOT,
        env=os.environ | {"PORT": stack.url.rpartition(":")[2], "WEB_PORT": str(port)},
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield f"http://localhost:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        ports.release()


@pytest.mark.long
def test_r83_serves_what_is_written_now_and_hands_on_the_api(
    address: str, browser: Browser, callers: Callers, make: Factory
) -> None:
    soon(lambda: "/@vite/client" in httpx.get(address).text, within=60)
    jo, ticket = callers.new("AGENT", displayName="Jo"), make.ticket()
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/tickets/{ticket['displayId']}")
    sign_in(page, jo.user["username"])
    page.get_by_role("textbox", name="Comment").fill("From the sources.", timeout=60_000)
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(comment_by(page, "Jo")).to_be_visible()
    context.close()
