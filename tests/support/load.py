"""Callers who create, change, comment and delete at once, and a record of every answer they got.

    with load_on(callers, make) as load:        # runs in a thread of its own until the block ends
        stack.kill("nats")
        load.until_changed(25)
    load.history                                # what to hold the system to

Some requests are wrong on purpose. Those with an Idempotency-Key are sent again until they are answered.
"""

import asyncio
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx

from support.clients import Caller, Callers
from support.factories import Factory, Route, unique
from support.history import History, Op, Outcome, Verb, outcome_of

PAUSE_SECONDS = 0.03
"""Between two requests of one caller."""

PATIENCE_SECONDS = 15.0
RETRY_SECONDS = 0.2
RETRIES = 100
STAFF = ("ADMIN", "AGENT", "SERVICE", "SERVICE")


class Load:
    """`routes` and `people` are what tickets are sent to and given to."""

    def __init__(self, callers: Callers, routes: list[Route], people: list[str], *, seed: int) -> None:
        self.history = History()
        self.tickets: list[str] = []
        """Those that are there, as far as their makers know."""
        self._callers = callers
        self._routes = routes
        self._people = people
        self._random = random.Random(seed)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()), name="load")
        self._comments: list[tuple[str, str, str]] = []

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends when every caller has the answer to what they asked."""
        self._stopping.set()
        self._thread.join()

    def run_for(self, seconds: float) -> None:
        self._stopping.wait(seconds)

    def until_changed(self, times: int, *, within: float = 20.0) -> None:
        """Goes on until so many more changes were acknowledged: soon, or later on a busy machine."""
        wanted, deadline = self._changes() + times, time.monotonic() + within
        while self._changes() < wanted:
            if time.monotonic() > deadline:
                raise AssertionError(f"fewer than {times} changes were acknowledged within {within} s")
            self._stopping.wait(0.02)

    def answers_after(self, moment: float, *, within: float = 10.0) -> float:
        """Seconds from `moment` (monotonic) to the first acknowledged change that was sent after it."""
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            for op in list(self.history.acked()):
                if op.verb is not Verb.READ and op.ended_at - op.seconds > moment:
                    return op.ended_at - moment
            self._stopping.wait(0.02)
        raise AssertionError(f"no change was acknowledged within {within} s")

    def _changes(self) -> int:
        return sum(op.verb is not Verb.READ for op in list(self.history.acked()))

    async def _run(self) -> None:
        workers = [self._work(_Client(self._callers[role], self.history)) for role in STAFF]
        await asyncio.gather(*workers, self._read_and_comment(_Client(self._callers["USER"], self.history)))

    async def _work(self, client: "_Client") -> None:
        async with client:
            while not self._stopping.is_set():
                await self._one(client)
                await asyncio.sleep(PAUSE_SECONDS)

    async def _one(self, client: "_Client") -> None:
        choice = self._random.random()
        if choice < 0.25 or len(self.tickets) < 4:
            await self._create(client)
        elif choice < 0.60:
            await self._patch(client)
        elif choice < 0.72:
            await self._comment(client)
        elif choice < 0.77:
            await self._uncomment(client)
        elif choice < 0.80 and client.role == "ADMIN":
            await self._delete(client)
        elif choice < 0.85:
            await self._wrong(client)
        else:
            await self._read(client)

    async def _read_and_comment(self, client: "_Client") -> None:
        """A USER: may read and comment, and tries what only others may."""
        async with client:
            while not self._stopping.is_set():
                choice = self._random.random()
                if not self.tickets or choice < 0.6:
                    await self._read(client)
                elif choice < 0.8:
                    await self._comment(client)
                elif choice < 0.9:
                    body, word = self._new_ticket()
                    await client.send(Verb.CREATE, "POST", "/tickets", body, word=word, meant_to_fail=True)
                else:
                    ticket, word = self._random.choice(self.tickets), unique("stolen")
                    await client.send(
                        Verb.PATCH,
                        "PATCH",
                        f"/tickets/{ticket}",
                        {"title": word},
                        word=word,
                        ticket=ticket,
                        meant_to_fail=True,
                    )
                await asyncio.sleep(PAUSE_SECONDS)

    def _new_ticket(self) -> tuple[dict[str, Any], str]:
        word = unique("made")
        route = self._random.choice(self._routes)
        body = {"title": f"Title {word}", "overview": f"Overview {word}", "severity": self._random.randint(1, 5)}
        if self._random.random() < 0.5:
            body["assigneeId"] = self._random.choice(self._people)
        return body | route.ids, word

    async def _create(self, client: "_Client") -> None:
        body, word = self._new_ticket()
        op = await client.send(Verb.CREATE, "POST", "/tickets", body, word=word, key=self._maybe_key())
        if op.ticket is not None:
            self.tickets.append(op.ticket)

    async def _patch(self, client: "_Client") -> None:
        ticket, word = self._random.choice(self.tickets), unique("changed")
        # The title always: what is sent is then a change, and its own.
        body: dict[str, Any] = {"title": f"Title {word}"}
        if self._random.random() < 0.3:
            body["overview"] = f"Overview {word}"
        if self._random.random() < 0.3:
            body["severity"] = self._random.randint(1, 5)
        if self._random.random() < 0.4:
            body["status"] = self._random.choice(["OPEN", "IN_PROGRESS", "RESOLVED"])
        if self._random.random() < 0.3:
            body["assigneeId"] = self._random.choice([None, *self._people])
        if self._random.random() < 0.2:
            body |= self._random.choice(self._routes).ids
        await client.send(Verb.PATCH, "PATCH", f"/tickets/{ticket}", body, word=word, ticket=ticket)

    async def _comment(self, client: "_Client") -> None:
        ticket, word = self._random.choice(self.tickets), unique("said")
        op = await client.send(
            Verb.COMMENT,
            "POST",
            f"/tickets/{ticket}/comments",
            {"body": f"Comment {word}"},
            word=word,
            ticket=ticket,
            key=self._maybe_key(),
        )
        if op.comment is not None:
            self._comments.append((ticket, op.comment, client.id))

    async def _uncomment(self, client: "_Client") -> None:
        mine = [each for each in self._comments if client.role == "ADMIN" or each[2] == client.id]
        if not mine:
            return
        taken = self._random.choice(mine)
        self._comments.remove(taken)
        ticket, comment, _ = taken
        await client.send(
            Verb.UNCOMMENT, "DELETE", f"/tickets/{ticket}/comments/{comment}", ticket=ticket, comment=comment
        )

    async def _delete(self, client: "_Client") -> None:
        ticket = self._random.choice(self.tickets)
        self.tickets.remove(ticket)
        await client.send(Verb.DELETE, "DELETE", f"/tickets/{ticket}", ticket=ticket)

    async def _wrong(self, client: "_Client") -> None:
        if self._random.random() < 0.5:
            body, word = self._new_ticket()
            await client.send(
                Verb.CREATE,
                "POST",
                "/tickets",
                body | {"severity": 9},
                word=word,
                meant_to_fail=True,
                key=self._maybe_key(),
            )
        else:
            ticket, word = self._random.choice(self.tickets), unique("wrong")
            body = {"title": word} | self._routes[0].ids | {"itemId": self._routes[1].item["id"]}
            await client.send(
                Verb.PATCH, "PATCH", f"/tickets/{ticket}", body, word=word, ticket=ticket, meant_to_fail=True
            )

    async def _read(self, client: "_Client") -> None:
        paths = ["/tickets?limit=20", "/cti/categories", "/auth/me"]
        if self.tickets:
            ticket = self._random.choice(self.tickets)
            paths = [f"/tickets/{ticket}", f"/tickets/{ticket}/audit", *paths]
        await client.send(Verb.READ, "GET", self._random.choice(paths))

    def _maybe_key(self) -> str | None:
        return str(uuid4()) if self._random.random() < 0.5 else None


class _Client:
    """One caller's requests, each with its record."""

    def __init__(self, caller: Caller, history: History) -> None:
        self.id = caller.id
        self.role = str(caller.user["role"])
        self._history = history
        self._http = httpx.AsyncClient(base_url=f"{caller.url}/api", headers=caller.headers, timeout=PATIENCE_SECONDS)

    async def __aenter__(self) -> "_Client":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    async def send(self, verb: Verb, method: str, path: str, body: Any = None, **known: Any) -> Op:
        """The last attempt; one with a key is repeated until it is answered."""
        op = await self._attempt(verb, method, path, body, **known)
        for _ in range(RETRIES):
            if op.key is None or op.outcome is not Outcome.UNKNOWN:
                break
            await asyncio.sleep(RETRY_SECONDS)
            op = await self._attempt(verb, method, path, body, **known)
        return op

    async def _attempt(self, verb: Verb, method: str, path: str, body: Any, **known: Any) -> Op:
        key: str | None = known.get("key")
        began = time.monotonic()
        try:
            answer: httpx.Response | None = await self._http.request(
                method, path, json=body, headers={"Idempotency-Key": key} if key else None
            )
        except httpx.TransportError:
            answer = None
        ended = time.monotonic()
        if answer is not None and outcome_of(answer.status_code) is Outcome.OK:
            known |= _told(verb, answer)
        op = Op(
            verb=verb,
            actor=self.id,
            status=None if answer is None else answer.status_code,
            path=path,
            sent=body or {},
            complaint=None if answer is None else _complaint(answer),
            ended_at=ended,
            seconds=ended - began,
            **known,
        )
        self._history.add(op)
        return op


def _told(verb: Verb, answer: httpx.Response) -> dict[str, Any]:
    """What an answer says of what it is about."""
    told: dict[str, Any] = {}
    if verb is Verb.CREATE:
        told["ticket"] = answer.json()["id"]
    if verb is Verb.COMMENT:
        told["comment"] = answer.json()["id"]
    if verb in {Verb.CREATE, Verb.PATCH} and "ETag" in answer.headers:
        told["version"] = int(answer.headers["ETag"].strip('"').partition("-")[0])
    return told


def _complaint(answer: httpx.Response) -> str | None:
    if answer.status_code < 400:
        return None
    if answer.headers.get("Content-Type") != "application/problem+json":
        return f"an error that is no problem+json but {answer.headers.get('Content-Type')}: {answer.text[:80]!r}"
    if answer.json().get("status") != answer.status_code or not answer.json().get("code"):
        return f"a problem that does not say its status and code: {answer.text[:200]}"
    if answer.status_code == 503 and "Retry-After" not in answer.headers:
        return "a 503 without Retry-After"
    return None


@contextmanager
def load_on(callers: Callers, make: Factory, *, seed: int = 1) -> Iterator[Load]:
    """A load that runs while the block does. It knows two routes and two assignees of its own."""
    people = [callers.create_user(displayName=f"Assignee {number}")["id"] for number in (1, 2)]
    load = Load(callers, [make.route(), make.route()], people, seed=seed)
    load.start()
    try:
        yield load
    finally:
        load.stop()
