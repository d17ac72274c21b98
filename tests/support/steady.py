"""Requests of every service at a steady pace, each sent once: whatever is not answered as it should be has failed.

with steady(stack.url, key, make.a_route) as load:      # in a thread of its own until the block ends
    ...restart something...
assert load.failures == []
"""

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from support.factories import Route

CALLERS = 6
PAUSE_SECONDS = 0.02


class Steady:
    """`failures` says of each failed request when, what and how."""

    def __init__(self, url: str, key: str, route: Route) -> None:
        self.sent = 0
        self.failures: list[str] = []
        self._url = url
        self._key = key
        self._body: dict[str, Any] = {"title": "Steady", "overview": "As ever.", "severity": 5, **route.ids}
        self._began = time.monotonic()
        self._stopping = threading.Event()

    def run(self) -> None:
        asyncio.run(self._run())

    def stop(self) -> None:
        self._stopping.set()

    async def _run(self) -> None:
        async with httpx.AsyncClient(
            base_url=f"{self._url}/api", headers={"X-Api-Key": self._key}, timeout=20
        ) as client:
            created = (await client.post("/tickets", json=self._body)).raise_for_status().json()
            await asyncio.gather(*(self._call(client, created["id"], number) for number in range(CALLERS)))

    async def _call(self, client: httpx.AsyncClient, ticket: str, number: int) -> None:
        while not self._stopping.is_set():
            number += 1
            await self._one(client, *self._request(ticket, number))
            await asyncio.sleep(PAUSE_SECONDS)

    def _request(self, ticket: str, number: int) -> tuple[str, str, Any]:
        requests = (
            ("POST", "/tickets", self._body),
            ("PATCH", f"/tickets/{ticket}", {"severity": number % 5 + 1}),
            ("POST", f"/tickets/{ticket}/comments", {"body": f"Comment {number}"}),
            ("GET", f"/tickets/{ticket}/audit?limit=5", None),
            ("GET", "/tickets?limit=20", None),
            ("GET", "/auth/me", None),
            ("GET", "/cti/categories", None),
        )
        return requests[number % len(requests)]

    async def _one(self, client: httpx.AsyncClient, method: str, path: str, body: Any) -> None:
        self.sent += 1
        try:
            response = await client.request(method, path, json=body)
            outcome = "" if response.status_code < 400 else f"{response.status_code} {response.text[:120]}"
        except httpx.HTTPError as error:
            outcome = repr(error)
        if outcome:
            self.failures.append(f"after {time.monotonic() - self._began:.1f} s {method} {path}: {outcome}")


@contextmanager
def steady(url: str, key: str, route: Route) -> Iterator[Steady]:
    load = Steady(url, key, route)
    thread = threading.Thread(target=load.run, name="steady")
    thread.start()
    try:
        yield load
    finally:
        load.stop()
        thread.join()
