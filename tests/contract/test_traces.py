"""One trace from the request to the last service that hears of it; request ids beside it."""

import json
import secrets
from typing import Any

from support.clients import Caller, Callers
from support.eventually import soon
from support.factories import Factory
from support.stack import System

UNKNOWN = "00000000-0000-7000-8000-00000000ffff"


def a_trace() -> tuple[str, dict[str, str]]:
    """A new trace's id, and the headers that begin it."""
    trace = secrets.token_hex(16)
    return trace, {"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"}


def lines(stack: System, service: str, word: str) -> list[dict[str, Any]]:
    """The service's log lines that have this word in them. A request's line is written after its answer."""
    return [json.loads(line) for line in stack.log(service).splitlines() if word in line and line.startswith("{")]


def heard(stack: System, service: str, trace: str, stream: str) -> bool:
    return any(
        line["message"] == "consumer.heard" and line["stream"] == stream and (line.get("eventId") or line["eventIds"])
        for line in lines(stack, service, trace)
    )


def test_a_comments_trace_is_found_in_tickets_and_in_audit(stack: System, make: Factory, agent: Caller) -> None:
    ticket = make.ticket()
    trace, headers = a_trace()
    answer = agent.post(f"/tickets/{ticket['id']}/comments", {"body": "Seen."}, headers=headers)
    assert answer.status_code == 201
    (request,) = soon(lambda: lines(stack, "tickets", trace))
    assert (request["traceId"], request["requestId"]) == (trace, answer.headers["X-Request-Id"])
    soon(lambda: heard(stack, "audit", trace, "EVENTS"))


def test_what_an_event_causes_belongs_to_its_trace(
    stack: System, make: Factory, admin: Caller, callers: Callers
) -> None:
    """The admin deletes an agent; tickets unassigns; audit records that: one trace."""
    mia = callers.create_user()
    make.ticket(assigneeId=mia["id"])
    trace, headers = a_trace()
    assert admin.delete(f"/users/{mia['id']}", headers=headers).status_code == 204
    for service in ("tickets", "cti", "audit"):
        soon(lambda service=service: heard(stack, service, trace, "IDENTITY"))  # type: ignore[misc]
    soon(lambda: heard(stack, "audit", trace, "EVENTS"))


def test_one_service_asks_another_within_the_trace(stack: System, make: Factory, agent: Caller) -> None:
    """tickets has not heard of this category, so it asks cti, which has not either."""
    trace, headers = a_trace()
    body = make.new_ticket(categoryId=UNKNOWN)
    answer = agent.post("/tickets", body, headers=headers | {"X-Request-Id": f"request-{trace}"})
    assert answer.status_code == 422
    (question,) = soon(lambda: lines(stack, "cti", trace))
    assert question["path"] == f"/internal/nodes/{UNKNOWN}"
    assert (question["traceId"], question["requestId"]) == (trace, f"request-{trace}")


def test_the_clocks_question_begins_a_trace(stack: System) -> None:
    (asked, *_) = soon(lambda: lines(stack, "scheduler", "auto_close.acknowledged"), within=30)
    (answered,) = soon(lambda: lines(stack, "tickets", asked["traceId"]))
    assert answered["path"] == "/internal/auto-close"
