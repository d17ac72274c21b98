"""Fill a stack with lifelike data through its public API: people, a CTI tree and about 300 tickets with their stories.

    python -m devstack demo [--url http://localhost:3080] [--tickets 300]

Run again, it finds what is there and only finishes what is not.
"""

import argparse
import asyncio
import hashlib
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from devstack import settings
from devstack.api_client import ApiError, Caller, Credentials, Session, address_of, sign_in, version_in
from devstack.catalog import CtiPath, Person, Route, ensure_people, ensure_routes
from devstack.concurrency import mapped
from devstack.demo_scenarios import AGENTS, COMPANY, LEAD, PASSWORD, REPORTERS, SCENARIOS
from devstack.demo_stories import Change, Comment, Story, stories
from devstack.problem import StackProblem
from devstack.progress import Progress

PEOPLE = (LEAD, *AGENTS, *REPORTERS)
AT_ONCE = 8


def main(argv: Sequence[str] | None = None) -> int:
    """0 where the demo's data is there, 2 where it could not be made."""
    try:
        stack = settings.load()
        options = _options(argv, address_of(stack))
        credentials = Credentials.from_environment(stack.data / "goddard.key")
        asyncio.run(_fill(options.url, credentials, stories(options.tickets)))
    except (ApiError, StackProblem) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


def _options(argv: Sequence[str] | None, address: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="devstack demo", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--url", default=address, help="where the stack answers (default: %(default)s)")
    parser.add_argument("--tickets", type=int, default=300, help="how many (default: %(default)s)")
    return parser.parse_args(argv)


async def _fill(url: str, credentials: Credentials, wanted: list[Story]) -> None:
    started = time.monotonic()
    async with sign_in(url, credentials, connections=AT_ONCE + 2) as session:
        routes = await ensure_routes(session.admin, (scenario.path for scenario in SCENARIOS))
        users = await ensure_people(session.admin, PEOPLE)
        print(f"{COMPANY}: {len(routes)} CTI paths and {len(users)} people are there.", flush=True)
        demo = Demo(session, routes, {name: user["id"] for name, user in users.items()})
        await demo.tell(wanted)
    print(_account(demo, url, time.monotonic() - started))


@dataclass
class Demo:
    """One run: who speaks for whom, and what was done."""

    session: Session
    routes: dict[CtiPath, Route]
    user_ids: dict[str, str]
    done: Counter[str] = field(default_factory=Counter)
    callers: dict[str, Caller] = field(default_factory=dict)

    async def tell(self, wanted: list[Story]) -> None:
        existing = await self._existing_tickets(wanted)
        unfinished = await self._unfinished(wanted, existing)
        self.done["found"] = len(wanted) - len(unfinished)
        if not unfinished:
            return
        for person in PEOPLE:
            self.callers[person.username] = await self.session.log_in(person.username, person.password)
        with Progress("Tickets", total=len(unfinished)) as progress:

            async def tell(beginning: tuple[Story, str | None, int]) -> None:
                await self._tell(*beginning)
                progress.advance()

            await mapped(tell, unfinished, at_once=AT_ONCE)

    async def _existing_tickets(self, wanted: list[Story]) -> dict[str, str]:
        titles = {story.title for story in wanted}
        tickets = await self.session.service.list_all("/api/tickets")
        return {ticket["title"]: ticket["id"] for ticket in tickets if ticket["title"] in titles}

    async def _unfinished(self, wanted: list[Story], existing: dict[str, str]) -> list[tuple[Story, str | None, int]]:
        """Story, ticket if there is one, and how many steps it has behind it: each adds one to its version."""

        async def beginning(story: Story) -> tuple[Story, str | None, int]:
            if (ticket_id := existing.get(story.title)) is None:
                return story, None, 0
            response = await self.session.service.send("GET", f"/api/tickets/{ticket_id}")
            return story, ticket_id, version_in(response.headers["ETag"]) - 1

        beginnings = await mapped(beginning, wanted, at_once=AT_ONCE)
        return [(story, id_, steps) for story, id_, steps in beginnings if id_ is None or steps < len(story.steps)]

    async def _tell(self, story: Story, ticket_id: str | None, steps_done: int) -> None:
        ticket_id = ticket_id or await self._create(story)
        for position, step in enumerate(story.steps[steps_done:], steps_done):
            match step:
                case Comment():
                    await self._comment(ticket_id, step, position)
                case Change():
                    await self._change(ticket_id, step)

    async def _create(self, story: Story) -> str:
        caller = self.callers[story.creator.username] if story.creator else self.session.service
        body = {
            "title": story.title,
            "overview": story.overview,
            "severity": story.severity,
            "assigneeId": self._id(story.assignee),
            **self.routes[story.path].fields(),
        }
        key = "demo-" + hashlib.sha256(repr(sorted(body.items())).encode()).hexdigest()
        self.done["created"] += 1
        return str((await caller.post("/api/tickets", body, key=key)).json()["id"])

    async def _comment(self, ticket_id: str, comment: Comment, position: int) -> None:
        caller = self.callers[comment.author.username]
        address = f"/api/tickets/{ticket_id}/comments"
        await caller.post(address, {"body": comment.body}, key=f"demo-{ticket_id}-{position}")
        self.done["comments"] += 1

    async def _change(self, ticket_id: str, change: Change) -> None:
        fields: dict[str, Any] = {"status": change.status, "severity": change.severity}
        fields["assigneeId"] = self._id(change.assignee)
        fields |= self.routes[change.path].fields() if change.path else {}
        said = {name: value for name, value in fields.items() if value is not None}
        await self.callers[change.author.username].patch(f"/api/tickets/{ticket_id}", said)
        self.done["changes"] += 1

    def _id(self, person: Person | None) -> str | None:
        return self.user_ids[person.username] if person else None


def _account(demo: Demo, url: str, seconds: float) -> str:
    done = demo.done
    if not done["created"] and not done["changes"] and not done["comments"]:
        news = f"All {done['found']} tickets are there already; nothing was changed."
    else:
        news = (
            f"{done['created']} tickets created, {done['comments']} comments, {done['changes']} changes in "
            f"{seconds:.1f} s; {done['found']} tickets were complete before."
        )
    logins = [f"  {person.role:<6} {person.username:<17} {person.display_name}" for person in PEOPLE]
    return "\n".join([news, "", f"Log in at {url}, everybody's password is {PASSWORD}", *logins])


if __name__ == "__main__":
    sys.exit(main())
