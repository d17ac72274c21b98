"""Replay a ServiceNow incident log through the public API, and prove that every audit entry is right.

    python -m devstack import --file incidents.csv [--url http://localhost:3080] [--concurrency 8]

goddard's key creates and changes the tickets; the admin's login does what only an admin may: CTI nodes, agents,
CLOSED. Run again, it goes on where it stopped and makes nothing twice.
"""

import argparse
import asyncio
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from devstack import settings
from devstack.api_client import ApiError, Credentials, Session, address_of, sign_in
from devstack.catalog import ensure_people, ensure_routes
from devstack.importer.agents import agents
from devstack.importer.incident_log import IncidentLog, IncidentLogError, read_incident_log
from devstack.importer.plan import Actors, TicketPlan, plan_ticket
from devstack.importer.proof import Proof, prove
from devstack.importer.replay import Outcome, Replay
from devstack.problem import StackProblem

DIFFERENCES_SHOWN = 10


def main(argv: Sequence[str] | None = None) -> int:
    """0 where every audit log is as the file demands, 1 where not, 2 where the import could not run."""
    try:
        stack = settings.load()
        options = _options(argv, address_of(stack))
        log = read_incident_log(options.file)
        plans = [plan_ticket(incident) for incident in log.incidents]
        credentials = Credentials.from_environment(stack.data / "goddard.key")
        return asyncio.run(_import(log, plans, credentials, options.url, options.concurrency))
    except (IncidentLogError, ApiError, StackProblem) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nInterrupted. The same command goes on from here.", file=sys.stderr)
        return 130


def _options(argv: Sequence[str] | None, address: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="devstack import", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--file", type=_file, required=True, help="incident event log (CSV)")
    parser.add_argument("--url", default=address, help="where the stack answers (default: %(default)s)")
    parser.add_argument("--concurrency", type=_positive, default=8, help="incidents at once (default: %(default)s)")
    return parser.parse_args(argv)


def _file(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError(
            "name the file: make import FILE=../shared/data/servicenow_incident_events.csv"
        )
    return Path(text)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


async def _import(
    log: IncidentLog, plans: list[TicketPlan], credentials: Credentials, url: str, concurrency: int
) -> int:
    events = sum(len(incident.records) for incident in log.incidents)
    print(f"{len(plans):,} incidents with {events:,} events, to {url}", flush=True)
    async with sign_in(url, credentials, connections=concurrency + 2) as session:
        replay = await _prepare(session, log, plans)
        before = session.traffic.requests
        outcome = await replay.run(plans, at_once=concurrency)
        requests = session.traffic.requests - before
        actors = Actors(session.service.username, session.admin.username)
        proof = await prove(session.service, plans, outcome.ticket_ids, actors, at_once=concurrency)
    print(_summary(len(plans), outcome, proof, requests=requests, retries=session.traffic.retries))
    return 1 if proof.differences or outcome.strayed else 0


async def _prepare(session: Session, log: IncidentLog, plans: list[TicketPlan]) -> Replay:
    """What the tickets refer to is there before the first of them."""
    started = time.monotonic()
    states = [step.after for plan in plans for step in plan.steps]
    routes = await ensure_routes(session.admin, (state.path for state in states))
    people = agents(state.assignee for state in states if state.assignee)
    users = await ensure_people(session.admin, people.values())
    for name, person in people.items():
        if users[person.username]["displayName"] != name:
            raise ApiError(f"The user name {person.username} belongs to somebody who is not called {name}.")
    print(f"{len(routes):,} CTI paths and {len(people):,} agents ready in {time.monotonic() - started:.1f} s")
    return Replay(session, log.digest, routes, {name: users[p.username]["id"] for name, p in people.items()})


def _summary(incidents: int, outcome: Outcome, proof: Proof, *, requests: int, retries: int) -> str:
    before = f" ({outcome.found_complete:,} complete before, {outcome.continued:,} half done)"
    resumed = before if outcome.found_complete or outcome.continued else ""
    pace = f"{requests / outcome.seconds:,.0f} requests/s" if outcome.seconds else ""
    lines = [
        "",
        f"incidents            {incidents:,}{resumed}",
        f"requests             {requests:,} in {outcome.seconds:.1f} s, {outcome.writes:,} of them writes: {pace}",
        f"tried again          {retries:,}",
        f"audit entries        {proof.expected:,} expected, {proof.found:,} found",
        f"differences          {len(proof.differences):,}",
        f"reply to audit       {_lag(outcome)}",
    ]
    lines += [f"  {difference}" for difference in proof.differences[:DIFFERENCES_SHOWN]]
    if (more := len(proof.differences) - DIFFERENCES_SHOWN) > 0:
        lines.append(f"  and {more:,} more")
    lines += [f"  {number}: {reason}" for number, reason in sorted(outcome.strayed.items())]
    return "\n".join(lines)


def _lag(outcome: Outcome) -> str:
    """Through the API, whose audit log itself waits up to 500 ms for an entry that it knows to be coming."""
    unseen = f", {outcome.unseen_samples:,} not seen in time" if outcome.unseen_samples else ""
    if not outcome.lags:
        return f"not measured: too few writes{unseen}"
    percentiles = statistics.quantiles(outcome.lags, n=100, method="inclusive") if len(outcome.lags) > 1 else None
    p50, p99 = (percentiles[49], percentiles[98]) if percentiles else (outcome.lags[0], outcome.lags[0])
    return (
        f"visible p50 {p50 * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms through the API ({len(outcome.lags):,} samples"
        f"{unseen}; the API itself waits up to 500 ms for a change it has heard of)"
    )


if __name__ == "__main__":
    sys.exit(main())
