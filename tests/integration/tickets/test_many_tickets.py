"""What holds before 20,000 tickets: a search uses the indexes (R14), and the whole list takes no memory."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import psutil
import pytest

from common.database import Database, Row, query
from devstack.stack import Stack
from support.clients import Caller
from support.copies import copies
from support.factories import Factory, Route
from tickets.queries.estimates import Estimates
from tickets.queries.list_tickets import Cursor, Filters, count, page
from tickets.schemas import Status

MANY = 20_000
OVERVIEW = 4_000
MEGABYTE = 1024 * 1024

_READ_THROUGH = query(
    "SELECT relname::text, seq_scan FROM pg_stat_user_tables WHERE relname IN ('tickets', 'search') ORDER BY 1"
)
_FETCHED = query("SELECT idx_tup_fetch + seq_tup_read FROM pg_stat_user_tables WHERE relname = 'tickets'")
_COUNT_NOW = query("SELECT pg_stat_force_next_flush()")


@pytest.fixture(scope="module")
def route(stack: Stack, make: Factory) -> Iterator[Route]:
    route = make.route()
    pattern = make.ticket(overview="Nothing to see here. " * (OVERVIEW // 21), **route.ids)
    changed = {
        "title": "(ARRAY['Qbackup', 'Disk full', 'Login slow', 'Qprinter jam'])[1 + mod(n, 4)] || ' zq' || md5(n::text)"
        " || CASE mod(n, 250) WHEN 0 THEN ' zqfailing' ELSE '' END"
        " || CASE mod(n, 500) WHEN 0 THEN ' zq100%%_sure' ELSE '' END",
        "severity": "1 + mod(n, 5)",
        "assignee_id": "CASE WHEN mod(n, 5) < 4 THEN gen_random_uuid() END",
        "created_at": "created_at - n * interval '1 minute'",
    }
    with copies(stack, pattern, MANY, changed, words="lower(concat_ws(' ', display_id, title, left(overview, 400)))"):
        yield route


SEARCHES = {
    "a rare word": ("zq" + "c4ca4238a0b923820dcc509a6f75849b", 1),
    "the beginning of it": ("zqc4ca4238a0b9", 1),
    "a piece of it": ("a0b923820dcc", 1),
    "part of a display id": ("V0001000", 99),
    "a stem": ("zqfail", MANY // 250),
    "two of them": ("qprinters jammed", MANY // 4),
    "a literal percent and underscore": ("zq100%_sure", MANY // 500),
    "a word and a piece": ("disks a0b923820dcc", 1),
}


@pytest.mark.parametrize("filtered", [False, True], ids=["everywhere", "in open tickets of a queue"])
@pytest.mark.parametrize(("search", "hits"), SEARCHES.values(), ids=SEARCHES)
def test_r14_no_search_reads_all_tickets(stack: Stack, route: Route, search: str, hits: int, filtered: bool) -> None:
    same = {"category_id": route.category["id"]} if filtered else {}
    filters = Filters((Status.OPEN,) if filtered else (), same=same, search=search)

    found, total = asyncio.run(unread(stack, filters, counted=True))
    assert (len(found), total) == (min(hits, 50), hits)


def test_r14_a_page_of_a_common_word_is_found_along_the_order(stack: Stack, route: Route) -> None:
    found, _ = asyncio.run(unread(stack, Filters(search="qbackups"), counted=False))
    assert [(row.severity, "Qbackup" in row.title) for row in found] == [(1, True)] * 50


def test_r13_a_page_of_nobodys_tickets_reads_no_others(stack: Stack, route: Route) -> None:
    found, fetched = asyncio.run(fetching(stack, Filters((Status.OPEN, Status.RESOLVED), same={"assignee_id": None})))
    assert ({row.assignee_id for row in found}, len(found)) == ({None}, 50)
    assert fetched < 200


NARROWED = {
    "all": Filters(),
    "open ones": Filters((Status.OPEN, Status.IN_PROGRESS)),
    "nobody's": Filters(same={"assignee_id": None}),
    "SEV 1 and 5": Filters(severities=(1, 5)),
}


@pytest.mark.parametrize("filters", NARROWED.values(), ids=NARROWED)
def test_r9_a_page_far_down_reads_none_of_those_before_it(stack: Stack, route: Route, filters: Filters) -> None:
    """Behind all but ten of SEV 1's tickets; between them and SEV 5 lie twelve thousand."""
    oldest = datetime.now(UTC) - timedelta(minutes=MANY - 48)
    found, fetched = asyncio.run(fetching(stack, filters, after=Cursor(1, oldest, UUID(int=0))))
    of_first = [row for row in found if row.severity == 1]
    assert len(of_first) == (0 if filters.same else 10)
    assert all(row.created_at < oldest for row in of_first)
    assert {row.severity for row in found[len(of_first) :]} <= set(filters.severities or range(2, 6))
    assert len(found) == 50
    assert fetched < 200


async def fetching(stack: Stack, filters: Filters, after: Cursor | None = None) -> tuple[list[Row], int]:
    """A page, and how many rows of tickets it was found among."""
    database = Database(stack.database_url("tickets"), schema="tickets")
    await database.open()
    try:
        async with database.read() as reader:
            before = int(await reader.scalar(_FETCHED))
            found = await page(reader, filters, limit=50, after=after)
            await reader.scalar(_COUNT_NOW)
            return found, int(await reader.scalar(_FETCHED)) - before
    finally:
        await database.close()


async def unread(stack: Stack, filters: Filters, *, counted: bool) -> tuple[list[Row], int]:
    """A page, and the total where it is asked for; neither reads one of the two tables from end to end."""
    database = Database(stack.database_url("tickets"), schema="tickets")
    await database.open()
    try:
        async with database.read() as reader:
            before = await reader.all(_READ_THROUGH)
            found = await page(reader, filters, limit=50, after=None, estimates=Estimates())
            total = await count(reader, filters) if counted else 0
            await reader.scalar(_COUNT_NOW)
            assert await reader.all(_READ_THROUGH) == before
            return found, total
    finally:
        await database.close()


def test_the_whole_list_is_not_held_in_memory(stack: Stack, agent: Caller, route: Route) -> None:
    service = psutil.Process(stack.processes["tickets"].pid)
    before = most = service.memory_info().rss
    size = 0
    with httpx.stream("GET", f"{stack.url}/api/tickets", headers=dict(agent.headers), timeout=60) as answer:
        for chunk in answer.iter_bytes(MEGABYTE):
            size += len(chunk)
            most = max(most, service.memory_info().rss)
    assert size > MANY * OVERVIEW
    assert most - before < size / 4
