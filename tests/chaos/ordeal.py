"""A stack under load, and the question whether it came through."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

import httpx

from devstack.stack import Stack
from support.bus import Outsider, outsider
from support.checkers import violations
from support.clients import Callers
from support.eventually import soon
from support.factories import Factory
from support.history import History
from support.load import Load, load_on
from support.snapshot import behind, snapshot

T = TypeVar("T")

CONVERGES_WITHIN = 20.0
SHOWN = 25
"""Of how many tickets of a load the API is asked as well as the tables."""

ROUTES = {"auth": "/auth/me", "cti": "/cti/categories", "tickets": "/tickets", "audit": f"/tickets/{UUID(int=0)}/audit"}
"""For each service a question of its own that needs nothing: nobody asks, so it is refused."""


@dataclass
class Ordeal:
    """`due` are the tickets whose time to close a test has set back."""

    stack: Stack
    callers: Callers
    make: Factory
    due: set[str] = field(default_factory=set)
    loads: int = 0

    @contextmanager
    def load(self) -> Iterator[Load]:
        self.loads += 1
        with load_on(self.callers, self.make, seed=self.loads) as load:
            yield load

    def settle(self, history: History, *, within: float = CONVERGES_WITHIN) -> float:
        """Wait until all that was said is in the audit log, then hold the system to `history`. Returns the wait."""
        assert history.complaints() == []
        began = time.monotonic()
        soon(lambda: behind(self.stack) == 0, within=within)
        took = time.monotonic() - began
        soon(lambda: self._holds(history), within=10.0)
        return took

    def bus(self, work: Callable[[Outsider], Awaitable[T]]) -> T:
        """What `work` returns, done as NATS's operator."""

        async def run() -> T:
            async with outsider(self.stack.nats_url()) as operator:
                return await work(operator)

        return asyncio.run(run())

    def kill(self, *components: str) -> None:
        """Kill them, and wait until each has come back by itself."""
        before = {component: self.stack.pid(component) for component in components}
        for component in components:
            self.stack.kill(component)
        for component in components:
            soon(lambda name=component: self.stack.pid(name) not in {before[name], None})  # type: ignore[misc]
            self.stack.wait_ready(component)

    def kill_for_good(self, *components: str) -> None:
        for component in components:
            self.stack.kill(component, comes_back=False)

    def start(self, *components: str) -> None:
        """Start them together, and wait until each is ready and the gateway has noticed."""
        with ThreadPoolExecutor() as pool:
            list(pool.map(self.stack.start_component, components))
        for path in {ROUTES[kind] for kind in (name.partition("-")[0] for name in components) if kind in ROUTES}:
            soon(lambda path=path: self._reaches_a_service(path))  # type: ignore[misc]

    def leads(self, replica: str) -> bool:
        """Whether this replica publishes at the moment, as far as it knows."""
        return "relay_is_leader 1.0" in httpx.get(f"{self.stack.internal_url(replica)}/metrics").text

    def _reaches_a_service(self, path: str) -> bool:
        """Only services number their answers. The gateway's own 503, until its next look at the replicas, has none."""
        return "X-Request-Id" in httpx.get(f"{self.stack.url}/api{path}").headers

    def _holds(self, history: History) -> bool:
        admin = self.callers["ADMIN"]
        made = sorted({op.ticket for op in history.acked() if op.ticket})
        there = [ticket for ticket in made[-SHOWN:] if admin.get(f"/tickets/{ticket}").status_code == 200]
        found = violations(history, snapshot(self.stack, admin, there), due=self.due)
        assert not found, "\n".join(found[:20])
        return True


def outside(service: str, history: History) -> History:
    """The part of a history that has nothing to do with `service`'s own routes."""
    prefix = {"auth": "/auth", "cti": "/cti"}[service]
    return History([op for op in history.ops if not op.path.startswith(prefix)])


def summary(history: History) -> str:
    slowest = max((op.seconds for op in history.ops), default=0.0)
    return f"{len(history.ops)} requests, {len(history.unanswered())} not fulfilled, the slowest {slowest:.2f} s"
