"""NATS dies, stays away, forgets: the API does not notice, and the audit log is complete once NATS is back."""

from collections.abc import Callable

from chaos.ordeal import Ordeal, summary

Note = Callable[[str], None]


def test_without_faults(ordeal: Ordeal, note: Note) -> None:
    with ordeal.load() as load:
        load.run_for(2)
    took = ordeal.settle(load.history)
    assert load.history.unanswered() == []
    note(f"{summary(load.history)}; audit complete after {took:.2f} s")


def test_killed(ordeal: Ordeal, note: Note) -> None:
    with ordeal.load() as load:
        load.run_for(1)
        ordeal.stack.kill("nats")
        load.run_for(2)
    took = ordeal.settle(load.history)
    assert load.history.unanswered() == []
    note(f"{summary(load.history)}; audit complete after {took:.2f} s")


def test_away_for_a_while(ordeal: Ordeal, note: Note) -> None:
    with ordeal.load() as load:
        load.run_for(0.5)
        ordeal.stack.stop_component("nats")
        load.run_for(6)
    ordeal.stack.start_component("nats")
    took = ordeal.settle(load.history)
    assert load.history.unanswered() == []
    note(f"{summary(load.history)}; audit complete {took:.2f} s after NATS was back")
