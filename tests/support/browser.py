"""A real browser, found or fetched, and what a test sees through it: pages, their complaints, their accessibility."""

import fcntl
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage, Error, Page, sync_playwright

from common.authenticator import cookie_name
from devstack.client import Client
from support.clients import Caller

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# The shell first: it draws pages and no window around them, in less than half of the time.
ON_PATH = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium-headless-shell", "chromium")
TRACED = os.environ.get("BROWSER_TRACE") == "1"
"""Whether each context is recorded, step by step, to be looked at should its test fail. It takes a third more time."""

DESKTOP = (1280, 800)
PHONE = (390, 844)
SCHEMES_OF_ELSEWHERE = {"http", "https", "chrome-error"}
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@contextmanager
def running_browser() -> Iterator[Browser]:
    """The Chromium of this machine; else Playwright's own; else the system's package, where we may install it."""
    with sync_playwright() as playwright:
        with _one_at_a_time():
            browser = launched(playwright.chromium)
        try:
            yield browser
        finally:
            browser.close()


class Visits:
    """The pages that one test opened, each in a context of its own, and what went wrong on them."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._contexts: list[BrowserContext] = []
        self._allowed: list[re.Pattern[str]] = []
        self._complaints: list[str] = []

    def open(
        self,
        who: Caller | None = None,
        path: str = "/",
        *,
        theme: str = "light",
        size: tuple[int, int] = DESKTOP,
        **options: Any,
    ) -> Page:
        """A page of a fresh context, signed in as `who` by the API's cookie.

        `options` go to Playwright's `new_context`.
        """
        given: dict[str, Any] = {
            "base_url": self._url,
            "color_scheme": theme,
            "viewport": {"width": size[0], "height": size[1]},
            "reduced_motion": "reduce",
            "locale": "en-US",
            "timezone_id": "UTC",
        }
        context = self._browser.new_context(**given | options)
        self._contexts.append(context)
        context.set_default_timeout(10_000)
        if TRACED:
            context.tracing.start(snapshots=True, screenshots=False, sources=False)
        context.on("console", self._hear)
        context.on("weberror", lambda error: self._complain(f"uncaught: {error.error}"))
        if options.get("bypass_csp"):
            context.on("request", lambda request: self._look(request.url))
        else:
            # What a page loads from elsewhere is refused by its policy, and the console tells of it: to be told of each
            # request takes a twelfth of the time. Where a page goes, no policy says.
            context.on("page", self._follow)
        if who is not None:
            token = who.headers["Authorization"].removeprefix("Bearer ")
            name = cookie_name(secure=self._url.startswith("https:"))
            context.add_cookies([{"name": name, "value": token, "url": self._url}])
        page = context.new_page()
        page.goto(path)
        return page

    def allow(self, pattern: str) -> None:
        """This test expects complaints that match `pattern`."""
        self._allowed.append(re.compile(pattern))

    @property
    def complaints(self) -> list[str]:
        """Console errors, violations of the Content-Security-Policy, uncaught exceptions, ways to elsewhere."""
        return [said for said in self._complaints if not any(pattern.search(said) for pattern in self._allowed)]

    def save(self, folder: Path) -> None:
        """A screenshot of each page, and what was recorded of each context: `playwright show-trace <file>`."""
        for number, context in enumerate(self._contexts, start=1):
            for index, page in enumerate(context.pages, start=1):
                with suppress(Error):
                    page.screenshot(path=folder / f"{number}-{index}.png", timeout=5_000)
            if TRACED:
                with suppress(Error):
                    context.tracing.stop(path=folder / f"{number}.trace.zip")

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        where = urlsplit(message.location["url"])
        # An answer of the API that refuses is no defect of the page; the browser writes each of them down.
        refused = re.search(r"responded with a status of 4\d\d", message.text)
        if not (refused and where.path.startswith("/api/")):
            self._complain(f"{message.text} ({where.path})")

    def _follow(self, page: Page) -> None:
        self._look(page.url)
        page.on("framenavigated", lambda frame: self._look(frame.url))

    def _look(self, address: str) -> None:
        if address.partition(":")[0] in SCHEMES_OF_ELSEWHERE and not address.startswith(f"{self._url}/"):
            self._complain(f"went elsewhere: {address}")

    def _complain(self, text: str) -> None:
        self._complaints.append(text)


def assert_accessible(page: Page, *, without: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> None:
    """No violation of WCAG 2.2 A and AA or of axe's best practice, in the state that the page is in now.

    Without the rules in `without`, or with those in `only` and no others.
    """
    # Evaluated by the browser itself: the page's Content-Security-Policy stays in force.
    page.evaluate(_axe())
    options = {
        "runOnly": {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": list(RULES)},
        "rules": {rule: {"enabled": False} for rule in without},
        "resultTypes": ["violations"],
    }
    found = page.evaluate("options => axe.run(document, options)", options)
    told = [
        f"{violation['id']}: {violation['help']}\n"
        + "\n".join(f"  {node['html'][:200]}\n    {_indented(node['failureSummary'])}" for node in violation["nodes"])
        for violation in found["violations"]
    ]
    assert not told, f"{page.url}\n" + "\n".join(told)


def _indented(text: str) -> str:
    return text.replace("\n", "\n    ")


@cache
def _axe() -> str:
    return (Client().packages() / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Of two test processes on a bare machine one installs the browser; the other waits, and finds it."""
    with open(Path(sys.prefix) / "browser.lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def launched(chromium: BrowserType, *flags: str) -> Browser:
    failures = []
    for place, executable in _candidates():
        try:
            return chromium.launch(executable_path=executable, args=[*FLAGS, *flags])
        except Error as error:
            failures.append(f"{place}: {error.message.splitlines()[0]}")
    tried = "\n".join(failures)
    pytest.fail(
        "No browser to test with. Install Chromium (on Debian: apt-get install chromium), "
        f"or let Playwright do it: .venv/bin/python -m playwright install --with-deps chromium\n{tried}",
        pytrace=False,
    )


def _candidates() -> Iterator[tuple[str, str | None]]:
    """Each place a browser may be, the next one made only once those before it did not do."""
    yield from ((name, found) for name in ON_PATH if (found := shutil.which(name)))
    if _ran(sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"):
        yield "Playwright's own", None
    if os.geteuid() == 0 and shutil.which("apt-get"):
        _ran("apt-get", "update", "-qq")
        for package in PACKAGES:
            if _ran("apt-get", "install", "-y", "-qq", "--no-install-recommends", package):
                yield f"Debian's {package}", shutil.which(package) or f"/usr/bin/{package}"


def _ran(*command: str) -> bool:
    """Whether it succeeded. What it says is the reader's, who waits for it meanwhile."""
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=False).returncode == 0
