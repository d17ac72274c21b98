"""NATS dies, stays away, forgets: the API does not notice, and the audit log is complete once NATS is back."""

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import psycopg
import pytest

from chaos.ordeal import Ordeal, summary
from contracts.streams import EVENTS, IDENTITY, NODES
from support.bus import Outsider
from support.factories import unique

Note = Callable[[str], None]


@pytest.mark.long
def test_without_faults(ordeal: Ordeal, note: Note) -> None:
    with ordeal.load() as load:
        load.until_changed(50)
    took = ordeal.settle(load.history)
    assert load.history.unanswered() == []
    note(f"{summary(load.history)}; audit complete after {took:.2f} s")


def test_killed(ordeal: Ordeal, note: Note) -> None:
    with ordeal.load() as load:
        load.until_changed(25)
        ordeal.kill("nats")
        load.until_changed(25)
    took = ordeal.settle(load.history)
    assert load.history.unanswered() == []
    note(f"{summary(load.history)}; audit complete after {took:.2f} s")


@pytest.mark.long
def test_away_for_a_while(ordeal: Ordeal, note: Note) -> None:
    """Longer than a relay that gives no sign of life keeps its lock."""
    with ordeal.load() as load:
        load.until_changed(25)
        ordeal.stack.stop_component("nats")
        load.run_for(4.5)
    ordeal.stack.start_component("nats")
    took = ordeal.settle(load.history)
    assert load.history.unanswered() == []
    note(f"{summary(load.history)}; audit complete {took:.2f} s after NATS was back")


@pytest.mark.long
def test_its_data_is_lost(ordeal: Ordeal, note: Note) -> None:
    with ordeal.load() as load:
        load.until_changed(25)
        ordeal.stack.stop_component("nats")
        shutil.rmtree(ordeal.stack.data / "nats")
        load.until_changed(25)
        ordeal.stack.start_component("nats")
        load.until_changed(25)
    took = ordeal.settle(load.history)
    assert load.history.unanswered() == []
    assert everything_is_said_again(ordeal)
    note(f"{summary(load.history)}; audit complete after {took:.2f} s")


@pytest.mark.long
def test_its_data_is_an_old_copy(ordeal: Ordeal, note: Note) -> None:
    copies = copied(ordeal, [ordeal.stack.data / "nats"])
    with ordeal.load() as load:
        load.until_changed(25)
        put_back(ordeal, copies)
        load.until_changed(25)
    took = ordeal.settle(load.history)
    assert load.history.unanswered() == []
    assert everything_is_said_again(ordeal)
    note(f"{summary(load.history)}; audit complete after {took:.2f} s")


def test_a_power_cut_took_the_end_of_each_stream(ordeal: Ordeal, note: Note) -> None:
    """What NATS had acknowledged is gone; that it was delivered, and to whom, is not."""
    streams = ordeal.stack.data / "nats" / "jetstream" / "$G" / "streams"
    copies = copied(ordeal, [stream / "msgs" for stream in streams.iterdir()])
    with ordeal.load() as load:
        load.until_changed(50)
    ordeal.make.route()
    person = {"username": unique("u"), "email": "u@example.org", "displayName": "Somebody", "role": "SERVICE"}
    assert ordeal.callers["ADMIN"].post("/users", person).status_code == 201
    ordeal.settle(load.history)
    with ordeal.load() as load:
        put_back(ordeal, copies)
        load.until_changed(50)
    took = ordeal.settle(load.history)
    assert load.history.unanswered() == []
    assert everything_is_said_again(ordeal)
    note(f"{summary(load.history)}; audit complete after {took:.2f} s")


def copied(ordeal: Ordeal, folders: Sequence[Path]) -> dict[Path, Path]:
    """Each of NATS's folders and its copy, made while NATS does not write to it."""
    copies = {folder: ordeal.stack.data / "copies" / str(number) for number, folder in enumerate(folders)}
    ordeal.stack.stop_component("nats")
    for folder, copy in copies.items():
        shutil.copytree(folder, copy)
    ordeal.stack.start_component("nats")
    return copies


def put_back(ordeal: Ordeal, copies: Mapping[Path, Path]) -> None:
    """NATS dies, and comes back with these copies."""
    ordeal.stack.kill("nats", comes_back=False)
    for folder, copy in copies.items():
        shutil.rmtree(folder)
        copy.rename(folder)
    ordeal.stack.start_component("nats")


def everything_is_said_again(ordeal: Ordeal) -> bool:
    """Every event that is kept is in its stream."""

    async def kept_by_nats(operator: Outsider) -> set[tuple[str, int]]:
        return {message.key for stream in (EVENTS, IDENTITY, NODES) for message in await operator.messages(stream)}

    with psycopg.connect(ordeal.stack.database_url("postgres")) as connection:
        rows = connection.execute(
            """
            SELECT aggregate_id, version FROM tickets.events UNION ALL
            SELECT aggregate_id, version FROM cti.events UNION ALL
            SELECT aggregate_id, version FROM auth.events WHERE subject NOT LIKE 'state.revoked.%'
            """
        ).fetchall()
    return set(rows) <= ordeal.bus(kept_by_nats)
