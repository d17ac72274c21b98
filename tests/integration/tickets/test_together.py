"""Tickets and comments that come at one moment are written together, and each is answered as if it were alone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, LiteralString
from uuid import uuid4

import psycopg
import pytest

from devstack.stack import Stack
from support.clients import Caller
from support.factories import Factory

AT_ONCE = 16


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        yield pool


def transactions(stack: Stack, table: LiteralString, made: list[dict[str, Any]]) -> int:
    """How many transactions wrote these rows."""
    with psycopg.connect(stack.database_url("postgres")) as connection:
        rows = connection.execute(
            f"SELECT xmin FROM tickets.{table} WHERE id = ANY(%s::uuid[])", ([each["id"] for each in made],)
        ).fetchall()
    assert len(rows) == len(made)
    return len(set(rows))


def test_tickets(stack: Stack, make: Factory, goddard: Caller, pool: ThreadPoolExecutor) -> None:
    bodies = [make.new_ticket(overview=f"Number {n}.") for n in range(10 * AT_ONCE)]
    for body in bodies[7::20]:
        body["itemId"] = str(uuid4())
    for body in bodies[11::20]:
        body["assigneeId"] = str(uuid4())
    answers = list(pool.map(lambda body: goddard.post("/tickets", body), bodies))
    refused = {n: answer.json()["errors"] for n, answer in enumerate(answers) if answer.status_code == 422}
    assert [(n, errors[0]["field"]) for n, errors in sorted(refused.items())] == sorted(
        [(n, "itemId") for n in range(7, len(bodies), 20)] + [(n, "assigneeId") for n in range(11, len(bodies), 20)]
    )
    made = [answer.json() for n, answer in enumerate(answers) if n not in refused]
    assert {answer.status_code for n, answer in enumerate(answers) if n not in refused} == {201}
    assert [ticket["overview"] for ticket in made] == [
        body["overview"] for n, body in enumerate(bodies) if n not in refused
    ]
    assert all(goddard.get(f"/tickets/{ticket['id']}").json() == ticket for ticket in made[::10])
    assert transactions(stack, "tickets", made) < len(made)


def test_comments(stack: Stack, make: Factory, goddard: Caller, pool: ThreadPoolExecutor) -> None:
    tickets = [make.ticket() for _ in range(3 * AT_ONCE)]
    where = [ticket["displayId" if n % 2 else "id"] for n, ticket in enumerate(tickets)]
    where[5] = "V000000000"
    answers = list(pool.map(lambda ref: goddard.post(f"/tickets/{ref}/comments", {"body": f"on {ref}"}), where))
    assert [answer.status_code for answer in answers] == [404 if n == 5 else 201 for n in range(len(where))]
    del tickets[5], answers[5], where[5]
    for ticket, answer, ref in zip(tickets, answers, where, strict=True):
        assert answer.json()["body"] == f"on {ref}"
        assert goddard.get(f"/tickets/{ticket['id']}").json()["comments"] == [answer.json()]
    assert transactions(stack, "comments", [answer.json() for answer in answers]) < len(answers)


def test_comments_on_one_ticket(make: Factory, goddard: Caller, pool: ThreadPoolExecutor) -> None:
    ticket = make.ticket()
    texts = [f"comment {n}" for n in range(4 * AT_ONCE)]
    answers = list(pool.map(lambda text: goddard.post(f"/tickets/{ticket['id']}/comments", {"body": text}), texts))
    assert {answer.status_code for answer in answers} == {201}
    found = goddard.get(f"/tickets/{ticket['id']}").json()
    assert sorted(comment["body"] for comment in found["comments"]) == sorted(texts)
    assert found["_count"]["comments"] == len(texts)
    log = goddard.get(f"/tickets/{ticket['id']}/audit").json()
    assert sorted(entry["detail"] for entry in log if entry["action"] == "COMMENT_ADDED") == sorted(texts)


@contextmanager
def held(stack: Stack, table: LiteralString, row: str) -> Iterator[None]:
    """Somebody else is changing this row."""
    with psycopg.connect(stack.database_url("postgres")) as connection:
        found = connection.execute(f"SELECT 1 FROM tickets.{table} WHERE id = %s FOR UPDATE", [row]).fetchall()
        assert found
        yield


def test_nobody_waits_for_an_assignee_that_is_being_changed(
    stack: Stack, make: Factory, goddard: Caller, user: Caller, pool: ThreadPoolExecutor
) -> None:
    bodies = [make.new_ticket(**({"assigneeId": user.id} if n % 10 == 3 else {})) for n in range(3 * AT_ONCE)]
    with held(stack, "known_users", user.id):
        answers = [pool.submit(goddard.post, "/tickets", body) for body in bodies]
        done = [answer.result(timeout=1.5).status_code for n, answer in enumerate(answers) if n % 10 != 3]
        assert done == [201] * len(done)
        assert not any(answer.done() for answer in answers[3::10])
    assert [answer.result().json()["assigneeId"] for answer in answers[3::10]] == [user.id] * len(answers[3::10])


def test_nobody_waits_for_a_ticket_that_is_being_changed(
    stack: Stack, make: Factory, goddard: Caller, pool: ThreadPoolExecutor
) -> None:
    tickets = [make.ticket() for _ in range(AT_ONCE)]
    with held(stack, "tickets", tickets[3]["id"]):
        answers = [pool.submit(goddard.post, f"/tickets/{each['id']}/comments", {"body": "hm"}) for each in tickets]
        done = [answer.result(timeout=1.5).status_code for n, answer in enumerate(answers) if n != 3]
        assert done == [201] * len(done)
        assert not answers[3].done()
    assert answers[3].result().status_code == 201
