"""The plan carried out: each incident strictly in order, several incidents at once, going on where a ticket stands.

A PATCH names the version of the ticket that it is meant for (If-Match). So one that is sent, given up and sent again
changes the ticket once, and one that arrives late, after its successor, changes nothing.
"""

import asyncio
import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from itertools import takewhile
from typing import Any, Self

import httpx

from devstack.api_client import ApiError, ApiRefused, Session, version_in
from devstack.catalog import CtiPath, Route
from devstack.concurrency import mapped
from devstack.importer.plan import Step, TicketPlan, TicketState
from devstack.importer.wording import number_in
from devstack.progress import Progress

SAMPLE_EVERY = 20
SAMPLE_PAUSE = 0.005
SAMPLE_PATIENCE = 60.0


@dataclass(frozen=True)
class LiveTicket:
    """A ticket as the API last showed it."""

    id: str
    version: int
    etag: str
    state: TicketState

    @classmethod
    def from_response(cls, response: httpx.Response) -> Self:
        ticket = response.json()
        etag = response.headers["ETag"]
        return cls(str(ticket["id"]), version_in(etag), etag, state_in(ticket))


def state_in(ticket: Mapping[str, Any]) -> TicketState:
    """The fields of a ticket on the wire that a plan speaks of."""
    assignee = ticket["assignee"]
    return TicketState(
        title=ticket["title"],
        overview=ticket["overview"],
        severity=ticket["severity"],
        status=ticket["status"],
        assignee=assignee["displayName"] if assignee else None,
        path=(ticket["category"]["name"], ticket["type"]["name"], ticket["item"]["name"]),
    )


class Strayed(Exception):
    """A ticket is not as the plan left it, so going on would overwrite somebody's work."""


@dataclass
class Outcome:
    """What a replay did and saw. `lags` are seconds from a reply to the answer that showed its audit entries."""

    ticket_ids: dict[str, str] = field(default_factory=dict)
    strayed: dict[str, str] = field(default_factory=dict)
    lags: list[float] = field(default_factory=list)
    unseen_samples: int = 0
    found_complete: int = 0
    continued: int = 0
    writes: int = 0
    seconds: float = 0.0


@dataclass
class Replay:
    """One run over the plans of a file with this digest."""

    session: Session
    digest: str
    routes: Mapping[CtiPath, Route]
    agent_ids: Mapping[str, str]
    outcome: Outcome = field(default_factory=Outcome)

    async def run(self, plans: Sequence[TicketPlan], *, at_once: int) -> Outcome:
        """Every plan carried out as far as its ticket lets us. Raises ApiError where going on makes no sense."""
        existing = await self._existing_tickets(plans)
        with Progress("Replaying, requests", total=sum(len(plan.steps) for plan in plans)) as progress:

            async def carry_out(plan: TicketPlan) -> None:
                try:
                    await self._carry_out(plan, existing.get(plan.number), progress)
                except Strayed as reason:
                    self.outcome.strayed[plan.number] = str(reason)

            await mapped(carry_out, plans, at_once=at_once)
            self.outcome.seconds = progress.seconds
        return self.outcome

    async def _existing_tickets(self, plans: Sequence[TicketPlan]) -> dict[str, str]:
        """The ids of the tickets that an earlier run created, by incident number."""
        numbers = {plan.number for plan in plans}
        beginning = _shared_beginning(numbers)
        query = {"search": beginning} if len(beginning) >= 3 and beginning.isalnum() else {}
        ids: dict[str, str] = {}
        for ticket in await self.session.service.list_all("/api/tickets", **query):
            number = number_in(ticket["title"])
            if number not in numbers or ticket["createdBy"]["id"] != self.session.service.user["id"]:
                continue
            if number in ids:
                raise ApiError(f"Two tickets of {self.session.service.username} are titled {number}: delete one.")
            ids[number] = str(ticket["id"])
        return ids

    async def _carry_out(self, plan: TicketPlan, ticket_id: str | None, progress: Progress) -> None:
        if ticket_id is None:
            ticket = await self._create(plan)
            done = 1
        else:
            ticket = await self._read(ticket_id)
            done = plan.steps_done(ticket.version)
            self.outcome.found_complete += done == len(plan.steps)
            self.outcome.continued += done < len(plan.steps)
        self.outcome.ticket_ids[plan.number] = ticket.id
        progress.advance(done)
        if done < len(plan.steps) and ticket.state != plan.steps[done - 1].after:
            raise Strayed("its ticket was changed by somebody else, so it is left as it is")
        for step in plan.steps[done:]:
            ticket = await self._change(ticket, step)
            progress.advance()
            done += 1
            await self._count_write(plan, ticket, done)

    async def _create(self, plan: TicketPlan) -> LiveTicket:
        body = self._fields(plan.steps[0].after)
        del body["status"]
        words = json.dumps([self.digest, plan.number, body], sort_keys=True)
        key = f"incident-{plan.number}-{hashlib.sha256(words.encode()).hexdigest()}"
        response = await self.session.service.post("/api/tickets", body, key=key)
        if "Idempotent-Replayed" in response.headers:
            ticket = await self._read(response.json()["id"])  # what was answered then is not the latest news
        else:
            ticket = LiveTicket.from_response(response)
        await self._count_write(plan, ticket, 1)
        return ticket

    async def _read(self, ticket_id: str) -> LiveTicket:
        return LiveTicket.from_response(await self.session.service.send("GET", f"/api/tickets/{ticket_id}"))

    async def _change(self, ticket: LiveTicket, step: Step) -> LiveTicket:
        caller = self.session.admin if step.by_admin else self.session.service
        try:
            response = await caller.patch(f"/api/tickets/{ticket.id}", self._fields(step.after), if_match=ticket.etag)
        except ApiRefused as refusal:
            if refusal.status != HTTPStatus.PRECONDITION_FAILED:
                raise
            return await self._after_lost_reply(ticket, step)
        return LiveTicket.from_response(response)

    async def _after_lost_reply(self, ticket: LiveTicket, step: Step) -> LiveTicket:
        """The ticket moved on since `ticket`: by this very step, if its first attempt's reply was lost."""
        now = await self._read(ticket.id)
        if now.state != step.after or now.version != ticket.version + 1:
            raise Strayed("its ticket was changed by somebody else during the import")
        return now

    def _fields(self, state: TicketState) -> dict[str, Any]:
        return {
            "title": state.title,
            "overview": state.overview,
            "severity": state.severity,
            "status": state.status,
            "assigneeId": self.agent_ids[state.assignee] if state.assignee else None,
            **self.routes[state.path].fields(),
        }

    async def _count_write(self, plan: TicketPlan, ticket: LiveTicket, done: int) -> None:
        self.outcome.writes += 1
        if self.outcome.writes % SAMPLE_EVERY == 0:
            await self._sample_lag(ticket.id, entries=plan.entries_after(done))

    async def _sample_lag(self, ticket_id: str, *, entries: int) -> None:
        """Ask for the audit log until it has this many entries, and keep how long that took."""
        replied = time.monotonic()
        while len(await self.session.service.get(f"/api/tickets/{ticket_id}/audit")) < entries:
            if time.monotonic() - replied > SAMPLE_PATIENCE:
                self.outcome.unseen_samples += 1
                return
            await asyncio.sleep(SAMPLE_PAUSE)
        self.outcome.lags.append(time.monotonic() - replied)


def _shared_beginning(words: set[str]) -> str:
    """`INC00` for INC0012 and INC0034."""
    pairs = zip(min(words), max(words), strict=False)
    return "".join(letter for letter, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
