"""Processes die or stop running: what was acknowledged stands, and what was not gets an honest answer."""

import time
from collections.abc import Callable

import pytest

from chaos.ordeal import Ordeal, summary
from support.eventually import soon
from support.variants import variants

Note = Callable[[str], None]


def test_postgres_is_killed(ordeal: Ordeal, note: Note) -> None:
    with ordeal.load() as load:
        load.until_changed(25)
        ordeal.kill("postgres")
        recovered = load.answers_after(time.monotonic())
        load.until_changed(25)
    took = ordeal.settle(load.history)
    assert recovered <= 10
    note(f"{summary(load.history)}; writable {recovered:.2f} s after Postgres was; audit complete after {took:.2f} s")


@pytest.mark.parametrize("replica", variants(["tickets", "tickets-2"], each_time={"tickets"}))
def test_one_of_two_replicas_is_killed(ordeal: Ordeal, note: Note, replica: str) -> None:
    with ordeal.load() as load:
        load.until_changed(25)
        ordeal.kill(replica)
        load.until_changed(25)
    took = ordeal.settle(load.history)
    note(f"{summary(load.history)}; audit complete after {took:.2f} s")


def test_both_replicas_of_audit_are_killed(ordeal: Ordeal, note: Note) -> None:
    with ordeal.load() as load:
        load.until_changed(25)
        ordeal.kill("audit", "audit-2")
    took = ordeal.settle(load.history)
    changes = [op for op in load.history.unanswered() if "/audit" not in op.path]
    assert changes == []
    note(f"{summary(load.history)}; audit complete after {took:.2f} s")


@pytest.mark.long
def test_the_publishing_replica_is_paused(ordeal: Ordeal, note: Note) -> None:
    leader, other = soon(
        lambda: next(pair for pair in (("tickets", "tickets-2"), ("tickets-2", "tickets")) if ordeal.leads(pair[0]))
    )
    with ordeal.load() as load:
        load.until_changed(25)
        began = time.monotonic()
        ordeal.stack.pause(leader)
        try:
            soon(lambda: ordeal.leads(other), within=10)
            took_over = time.monotonic() - began
            load.run_for(1)
        finally:
            ordeal.stack.resume(leader)
        load.until_changed(25)
    took = ordeal.settle(load.history)
    assert took_over <= 8
    note(f"{summary(load.history)}; the other leads after {took_over:.2f} s; audit complete after {took:.2f} s")
