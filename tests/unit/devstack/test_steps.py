"""Work with an order."""

import threading

import pytest

from devstack.steps import Steps


def test_a_step_begins_when_those_before_it_are_done() -> None:
    done: list[str] = []
    steps = Steps()
    steps.add("c", lambda: done.append("c"), after=("a", "b"))
    steps.add("b", lambda: done.append("b"), after=("a",))
    steps.add("a", lambda: done.append("a"))
    steps.run()
    assert done == ["a", "b", "c"]


def test_steps_without_an_order_run_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=5)
    steps = Steps()

    def meet() -> None:
        both.wait()

    steps.add("a", meet)
    steps.add("b", meet)
    steps.run()


def test_the_first_failure_is_raised_and_what_waits_for_it_never_begins() -> None:
    begun: list[str] = []

    def fail() -> None:
        raise LookupError("no such thing")

    steps = Steps()
    steps.add("a", fail)
    steps.add("b", lambda: begun.append("b"), after=("a",))
    with pytest.raises(LookupError, match="no such thing"):
        steps.run()
    assert begun == []


def test_a_failure_ends_at_once_what_the_others_wait_for() -> None:
    given_up = threading.Event()

    def fail() -> None:
        raise LookupError("no such thing")

    def wait() -> None:
        assert given_up.wait(5)

    steps = Steps(on_failure=given_up.set)
    steps.add("a", fail)
    steps.add("b", wait)
    with pytest.raises(LookupError):
        steps.run()
    assert given_up.is_set()
