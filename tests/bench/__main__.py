"""Measure a stack of its own: each operation beside the database alone, and how soon a change is in the audit log.

    make bench                      # about three minutes
    make bench ARGS="--tickets 20000"
    make bench ARGS=--client        # the browser client before 50,000 tickets

Every figure is a ratio within this run. "share of the floor" compares with the same work done by pgbench in SQL, on
the same database, in rounds that alternate; "CPU" is milliseconds of gateway, services and database for each request.
"""

import argparse
import asyncio
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import psutil

from bench.client import measure_client
from bench.load import Call, Measured, run
from devstack.stack import Stack
from support.clients import Callers
from support.factories import Factory
from support.stack import running_stack

ROUNDS = 3
SECONDS = 2.0
WRITES_A_SECOND = 100
LAG_SAMPLES = 500
WORDS = (
    "disk",
    "backup",
    "mail",
    "printer",
    "switch",
    "router",
    "login",
    "certificate",
    "queue",
    "tape",
    "badge",
    "door",
)

FLOOR = {
    "get": "SELECT * FROM tickets.tickets WHERE id = :id;",
    "list of 50": (
        "SELECT * FROM tickets.tickets WHERE category_id = :category AND status = 'OPEN'"
        " ORDER BY severity, created_at DESC, id DESC LIMIT 50;"
    ),
    "audit log": "SELECT * FROM audit.entries WHERE ticket_id = :id;",
    "update": "UPDATE tickets.tickets SET updated_at = now() WHERE id = :id;",
}


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--tickets", type=int, default=2000, help="how many to load first")
    parser.add_argument("--client", action="store_true", help="the browser client before 50,000 tickets instead")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder, running_stack(Path(folder)) as stack, Callers.of(stack) as callers:
        if arguments.client:
            measure_client(stack, callers, Path(folder))
            return 0
        tickets = asyncio.run(fill(stack, callers, arguments.tickets))
        asyncio.run(measure_operations(stack, callers, tickets))
        asyncio.run(measure_lag(callers, tickets))
    return 0


async def fill(stack: Stack, callers: Callers, count: int) -> list[dict[str, Any]]:
    """`count` tickets through the API."""
    chance = random.Random(7)
    make = Factory(callers)
    routes = [make.route() for _ in range(5)]
    began = time.perf_counter()

    async with httpx.AsyncClient(base_url=stack.url, headers=callers["AGENT"].headers, timeout=60) as client:

        async def some(share: int) -> list[dict[str, Any]]:
            made = []
            for _ in range(share):
                body = {
                    "title": " ".join(chance.choices(WORDS, k=4)),
                    "overview": " ".join(chance.choices(WORDS, k=60)),
                    "severity": chance.randint(1, 5),
                    **chance.choice(routes).ids,
                }
                made.append((await client.post("/api/tickets", json=body)).raise_for_status().json())
            return made

        tickets = [ticket for part in await asyncio.gather(*(some(count // 8) for _ in range(8))) for ticket in part]
    print(
        f"{len(tickets):,} tickets loaded, {len(tickets) / (time.perf_counter() - began):,.0f} a second\n", flush=True
    )
    return tickets


def operations(tickets: list[dict[str, Any]]) -> dict[str, list[Call]]:
    some = random.Random(7).sample(tickets, min(500, len(tickets)))
    ids = {key: tickets[0][key] for key in ("categoryId", "typeId", "itemId")}
    new = json.dumps({"title": "New", "overview": "text " * 60, "severity": 3, **ids}).encode()
    comment = json.dumps({"body": "text " * 60}).encode()
    queues = {ticket["categoryId"] for ticket in tickets}
    severity = [json.dumps({"severity": 1 + n % 5}).encode() for n in range(len(some) * 7)]
    return {
        "create": [Call("POST", "/api/tickets", new)],
        "get": [Call("GET", f"/api/tickets/{ticket['displayId']}") for ticket in some],
        "list of 50": [Call("GET", f"/api/tickets?status=OPEN&categoryId={queue}&limit=50") for queue in queues],
        "search, common": [Call("GET", "/api/tickets?search=backup&limit=50")],
        "search, rare": [Call("GET", f"/api/tickets?search={ticket['displayId']}") for ticket in some],
        "update": [Call("PATCH", f"/api/tickets/{some[n % len(some)]['id']}", body) for n, body in enumerate(severity)],
        "comment": [Call("POST", f"/api/tickets/{ticket['id']}/comments", comment) for ticket in some],
        "audit log": [Call("GET", f"/api/tickets/{ticket['id']}/audit") for ticket in some],
    }


async def measure_operations(stack: Stack, callers: Callers, tickets: list[dict[str, Any]]) -> None:
    print(f"{'':16}{'workers':>8}{'a second':>10}{'p50 ms':>8}{'p99 ms':>8}{'CPU ms':>8}  share of the floor")
    headers = {**callers["AGENT"].headers, "Content-Type": "application/json"}
    for name, calls in operations(tickets).items():
        for workers in (1, 16):
            rounds: list[Measured] = []
            floors, cpu = [], 0.0
            for _ in range(ROUNDS):
                before = _cpu_seconds(stack)
                rounds.append(await run(stack.url, headers, calls, workers=workers, seconds=SECONDS))
                cpu += _cpu_seconds(stack) - before
                if name in FLOOR:
                    floors.append(_floor(stack, name, tickets[0], workers))
            middle = sorted(rounds, key=lambda each: each.rate)[ROUNDS // 2]
            failures = sum(each.failures for each in rounds)
            share = f"{middle.rate / statistics.median(floors):>18.0%}" if floors else ""
            print(
                f"{name:16}{workers:>8}{middle.rate:>10,.0f}{middle.percentile(0.5):>8.1f}{middle.percentile(0.99):>8.1f}"
                f"{1000 * cpu / sum(each.requests for each in rounds):>8.2f}{share}"
                + (f"  {failures} FAILED" if failures else ""),
                flush=True,
            )


def _cpu_seconds(stack: Stack) -> float:
    """What the stack's processes have used so far."""
    total = 0.0
    for component in stack.processes:
        pid = stack.pid(component)
        if pid is not None:
            root = psutil.Process(pid)
            total += sum(sum(process.cpu_times()[:2]) for process in [root, *root.children(recursive=True)])
    return total


def _floor(stack: Stack, name: str, ticket: dict[str, Any], workers: int) -> float:
    """Transactions a second of the same work in SQL alone."""
    pgbench = next(Path(sys.prefix).rglob("pgbench"))
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as script:
        script.write(FLOOR[name])
        script.flush()
        result = subprocess.run(
            [
                pgbench,
                *("-n", "-M", "prepared", "-f", script.name, "-c", str(workers), "-T", str(int(SECONDS))),
                *("-D", f"id={ticket['id']}", "-D", f"category={ticket['categoryId']}"),
                stack.database_url("postgres"),
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    return float(result.stdout.rpartition("tps = ")[2].split()[0])


async def measure_lag(callers: Callers, tickets: list[dict[str, Any]]) -> None:
    """From the answer of a write to its entry in the audit log, at a steady rate of writes."""
    lags: list[float] = []
    async with httpx.AsyncClient(base_url=callers.url, headers=callers["AGENT"].headers, timeout=30) as client:

        async def one(n: int) -> None:
            ticket = tickets[n % len(tickets)]
            written = await client.patch(f"/api/tickets/{ticket['id']}", json={"title": f"lag {n}"})
            began = time.perf_counter()
            while True:
                entries = (await client.get(f"/api/tickets/{ticket['id']}/audit")).json()
                if any(entry["detail"] == f"lag {n}" for entry in entries):
                    break
            if written.status_code == 200:
                lags.append(1000 * (time.perf_counter() - began))

        began, tasks = time.perf_counter(), []
        for n in range(LAG_SAMPLES):
            await asyncio.sleep(max(0.0, began + n / WRITES_A_SECOND - time.perf_counter()))
            tasks.append(asyncio.create_task(one(n)))
        await asyncio.gather(*tasks)
    lags.sort()
    p50, p99 = lags[len(lags) // 2], lags[int(len(lags) * 0.99)]
    print(
        f"\nreply to audit visible at {WRITES_A_SECOND} writes/s: p50 {p50:.1f} ms, p99 {p99:.1f} ms (reading included)"
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
