"""Screenshots of the main pages into `.data/shots`, light and dark, desktop and phone, filled by `make demo`.

The stack is one of its own beside them, kept for the next time.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, expect

from devstack import settings
from devstack.demo_scenarios import LEAD, PASSWORD
from devstack.files import make_private
from devstack.problem import StackProblem
from devstack.settings import Settings
from devstack.stack import Stack
from support.browser import DESKTOP, PHONE, Visits, running_browser
from support.clients import Caller, Callers
from support.screen import heading

THEMES = ("light", "dark")
SIZES = {"desktop": DESKTOP, "phone": PHONE}


@dataclass(frozen=True)
class Shot:
    """`path` may name a ticket with a story as `{ticket}`; `then` brings the page into the state to show."""

    name: str
    path: str
    is_signed_in: bool = True
    then: Callable[[Page], object] = lambda _: None


def _ask_for_dialog(page: Page, key: str) -> None:
    page.keyboard.press(key)
    expect(page.get_by_role("dialog")).to_be_visible()


SHOTS = (
    Shot("login", "/login", is_signed_in=False),
    Shot("dashboard", "/"),
    Shot("filtered", "/?status=OPEN&severity=2"),
    Shot("my-tickets", "/my"),
    Shot("ticket", "/tickets/{ticket}"),
    Shot("new-ticket", "/new"),
    Shot("palette", "/", then=lambda page: _ask_for_dialog(page, "Control+k")),
    Shot("help", "/", then=lambda page: _ask_for_dialog(page, "?")),
    Shot("users", "/admin/users"),
    Shot("cti", "/admin/cti"),
    Shot("profile", "/profile"),
    Shot("not-found", "/nowhere"),
)


def main(wanted: list[str]) -> int:
    """`wanted` names some of the shots; without them all are taken."""
    try:
        given = settings.load()
        folder = make_private(make_private(given.data) / "shots")
        stack = Stack(Settings(data=folder / "stack", port=0, pg_bin=given.pg_bin, builds_client=True))
        stack.start()
    except StackProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    try:
        return _fill(stack) or _take([shot for shot in SHOTS if not wanted or shot.name in wanted], stack, folder)
    finally:
        stack.stop()


def _fill(stack: Stack) -> int:
    command = [sys.executable, "-m", "devstack", "demo", "--url", stack.url]
    return subprocess.run(command, env=os.environ | {"DATA_DIR": str(stack.data)}, check=False).returncode


def _take(shots: list[Shot], stack: Stack, folder: Path) -> int:
    began = time.monotonic()
    lead = Callers(stack.url).log_in(LEAD.username, PASSWORD)
    ticket = _with_a_story(lead)
    with running_browser() as browser:
        for theme in THEMES:
            for size, pixels in SIZES.items():
                for shot in shots:
                    visits = Visits(browser, stack.url)
                    who = lead if shot.is_signed_in else None
                    page = visits.open(who, shot.path.format(ticket=ticket), theme=theme, size=pixels)
                    expect(heading(page).first).to_be_visible()
                    page.wait_for_load_state("networkidle")
                    shot.then(page)
                    page.screenshot(path=folder / f"{shot.name}-{size}-{theme}.png")
                    visits.close()
                    for complaint in visits.complaints:
                        print(f"{shot.name} ({size}, {theme}): {complaint}")
    print(f"{len(shots) * 4} screenshots in {folder} ({time.monotonic() - began:.0f} s)")
    return 0


def _with_a_story(caller: Caller) -> str:
    tickets = caller.get("/tickets", params={"limit": 200}).json()
    return str(max(tickets, key=lambda ticket: ticket["_count"]["comments"])["displayId"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
