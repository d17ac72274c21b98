"""Measure the browser client before a long list: `make bench ARGS=--client`.

Times are the page's own: from its navigation, or from the click or key, to the frame in which what was asked for is
there. A long task is one in which the page answers nobody; the browser reports those of 50 ms and more.
"""

import re
import statistics
from pathlib import Path

from playwright.sync_api import Page, expect

from devstack.client import Client
from devstack.stack import Stack
from support.browser import Visits, running_browser
from support.clients import Callers
from support.copies import copies
from support.factories import Factory
from support.screen import heading, rows

MANY = 50_000
TIMES = 15
PAGES = 8
WATCH = """
    window.tasks = [];
    new PerformanceObserver((list) => window.tasks.push(...list.getEntries().map((entry) => entry.duration)))
        .observe({ type: "longtask", buffered: true });
    window.began = 0;
    for (const kind of ["click", "keydown"])
        addEventListener(kind, () => { window.began = performance.now(); window.shown = 0; }, true);
    window.wanted = () => document.querySelector("tr[data-ticket]");
    window.shown = 0;
    const look = () => {
        if (!window.shown && window.wanted?.()) window.shown = performance.now();
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
    window.took = () => new Promise((resolve) => {
        const wait = () => window.shown > window.began ? resolve(window.shown - window.began) : setTimeout(wait, 5);
        wait();
    });
"""
LIFELIKE = {
    "title": "(ARRAY['Backup failed', 'Disk full', 'Login slow', 'Printer jam', 'Mail queue'])[1 + mod(n, 5)]"
    " || ' ' || n",
    "severity": "1 + mod(n, 5)",
    "status": "(ARRAY['OPEN', 'IN_PROGRESS', 'OPEN'])[1 + mod(n, 3)]",
    "created_at": "created_at - n * interval '1 minute'",
}


def measure_client(stack: Stack, callers: Callers, folder: Path) -> None:
    Client(folder / "client.log").build()
    make = Factory(callers)
    pattern = make.ticket(**make.route().ids)
    print(f"The client before {MANY:,} tickets; ms, medians and the worst of {TIMES}", flush=True)
    with copies(stack, pattern, MANY, LIFELIKE, words="lower(title)"), running_browser() as browser:
        visits = Visits(browser, stack.url)
        told("first load to the first row, cold", [_first_load(visits, callers) for _ in range(TIMES)])
        page = _watched(visits, callers)
        told("a click on a ticket to its page", [_opened(page, n) for n in range(TIMES)])
        told("a key to the changed severity", [_edited(page, n) for n in range(TIMES)])
        page.goto("/")
        expect(rows(page).first).to_be_visible()
        page.evaluate("window.tasks = []")
        _scroll(page)
        loaded = re.findall(r"[\d,]+", page.get_by_role("button", name="Load more").inner_text())[0]
        _long_tasks(page, f"scrolling through {loaded} rows")
        _filter(page)
        _long_tasks(page, "filtering")
        visits.close()


def told(what: str, times: list[float]) -> None:
    print(f"{what:40}{statistics.median(times):8.0f}{max(times):8.0f}", flush=True)


def _watched(visits: Visits, callers: Callers) -> Page:
    page = visits.open(callers["AGENT"], "about:blank")
    page.context.tracing.stop()
    page.add_init_script(WATCH)
    page.goto("/")
    expect(rows(page).first).to_be_visible()
    return page


def _first_load(visits: Visits, callers: Callers) -> float:
    page = _watched(visits, callers)
    shown: float = page.evaluate("window.shown")
    page.context.close()
    return shown


def _opened(page: Page, n: int) -> float:
    """Moves to the row first, as a hand does."""
    link = rows(page).nth(n).locator("[data-row-link]")
    link.hover()
    page.wait_for_timeout(150)
    # All of it: the title alone, the skeleton has too.
    page.evaluate("window.wanted = () => document.querySelector('[aria-label=Overview] p')")
    link.click()
    expect(heading(page)).to_be_visible()
    took: float = page.evaluate("window.took()")
    page.evaluate("window.wanted = undefined")
    page.go_back()
    expect(rows(page).first).to_be_visible()
    return took


def _edited(page: Page, n: int) -> float:
    """The severity of an open ticket, by its key."""
    if n == 0:
        rows(page).first.locator("[data-row-link]").click()
        expect(heading(page)).to_be_visible()
    level = 1 + n % 5
    page.get_by_role("button", name="Severity: SEV").wait_for()
    page.evaluate(
        "label => window.wanted = () => document.querySelector(`button[aria-label^='${label}']`)",
        f"Severity: SEV {level}",
    )
    page.keyboard.press(str(level))
    took: float = page.evaluate("window.took()")
    page.wait_for_load_state("networkidle")
    return took


def _scroll(page: Page) -> None:
    for _ in range(PAGES):
        page.mouse.move(640, 400)
        for _ in range(25):
            page.mouse.wheel(0, 400)
            page.wait_for_timeout(16)


def _filter(page: Page) -> None:
    box = page.get_by_role("searchbox", name="Search tickets")
    for text in ("disk", "printer jam", "backup failed 1", ""):
        box.fill("")
        box.press_sequentially(text, delay=40)
        page.wait_for_timeout(700)


def _long_tasks(page: Page, what: str) -> None:
    tasks: list[float] = page.evaluate("window.tasks.splice(0)")
    print(f"{what:40}{len(tasks):5} long tasks, the longest {max(tasks, default=0):.0f} ms", flush=True)
