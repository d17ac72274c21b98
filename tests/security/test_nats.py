"""Each service's NATS user on the real stack: it says what is its to say, reads what it must, and nothing else."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from support.denials import Attempt, asks, connected, listens, says
from support.stack import System

SUBJECTS = {
    "EVENTS": ("evt.ticket.1",),
    "IDENTITY": ("state.user.1", "state.key.1"),
    "REVOKED": ("state.revoked.1",),
    "NODES": ("state.node.1",),
}


@dataclass(frozen=True)
class Rights:
    owns: frozenset[str]
    reads: frozenset[str]
    hears: frozenset[str] = frozenset()


RIGHTS = {
    "auth": Rights(frozenset({"IDENTITY", "REVOKED"}), frozenset()),
    "cti": Rights(frozenset({"NODES"}), frozenset({"IDENTITY", "REVOKED"})),
    "tickets": Rights(frozenset({"EVENTS"}), frozenset({"IDENTITY", "REVOKED", "NODES"})),
    "audit": Rights(frozenset(), frozenset({"EVENTS", "IDENTITY", "REVOKED"}), frozenset({"tickets"})),
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def forbidden(user: str) -> dict[str, Attempt]:
    return dict(_forbidden(user))


def _forbidden(user: str) -> Iterator[tuple[str, Attempt]]:
    rights = RIGHTS[user]
    others = set(RIGHTS) - {user}
    yield "listen to everything", listens(">")
    yield "listen to every inbox", listens("_INBOX.>")
    yield "list the streams", asks("$JS.API.STREAM.LIST")
    yield "create a stream of its own", asks("$JS.API.STREAM.CREATE.MINE")
    yield "watch the server", listens("$SYS.>")
    for other in others:
        yield f"listen to {other}'s inbox", listens(f"_INBOX_{other}.>")
        yield f"wake {other}'s relay", says(f"wake.{other}")
        yield f"have {other} forget a user", says(f"changed.{other}.user")
        if other not in rights.hears:
            yield f"hear {other}'s ping", listens(f"wake.{other}")
    for stream, subjects in SUBJECTS.items():
        yield from _forbidden_of(stream, subjects, user, rights, others)


def _forbidden_of(
    stream: str, subjects: tuple[str, ...], user: str, rights: Rights, others: set[str]
) -> Iterator[tuple[str, Attempt]]:
    yield f"delete {stream}", asks(f"$JS.API.STREAM.DELETE.{stream}")
    yield f"delete a message of {stream}", asks(f"$JS.API.STREAM.MSG.DELETE.{stream}")
    yield f"read {stream} past a durable", asks(f"$JS.API.STREAM.MSG.GET.{stream}")
    yield f"read {stream} directly", asks(f"$JS.API.DIRECT.GET.{stream}")
    yield f"list who reads {stream}", asks(f"$JS.API.CONSUMER.LIST.{stream}")
    for subject in subjects:
        yield f"listen to {subject}", listens(subject)
        if stream not in rights.owns:
            yield f"forge {subject}", says(subject)
    if stream not in rights.owns:
        for verb in ("CREATE", "UPDATE", "PURGE"):
            yield f"{verb} {stream}", asks(f"$JS.API.STREAM.{verb}.{stream}")
    for name in {user, *others}:
        yield f"delete {name}'s durable on {stream}", asks(f"$JS.API.CONSUMER.DELETE.{stream}.{name}")
        if name != user or stream not in rights.reads:
            yield f"create {name}'s durable on {stream}", asks(f"$JS.API.CONSUMER.CREATE.{stream}.{name}")
            yield f"read with {name}'s durable on {stream}", asks(f"$JS.API.CONSUMER.MSG.NEXT.{stream}.{name}")
            yield f"acknowledge for {name} on {stream}", says(f"$JS.ACK.{stream}.{name}.1.1.1.1.0")


@pytest.mark.anyio
@pytest.mark.parametrize("user", RIGHTS)
async def test_what_it_does_not_need_it_may_not(stack: System, user: str) -> None:
    attempts = forbidden(user)
    async with connected(stack.nats_url(user), user) as connection:
        assert attempts.keys() - await connection.denied(attempts) == set()


@pytest.mark.anyio
@pytest.mark.parametrize("user", RIGHTS)
async def test_what_it_needs_it_may(stack: System, user: str) -> None:
    """Without these the test above would pass for a user who may do nothing."""
    rights = RIGHTS[user]
    needed = {f"describe {stream}": asks(f"$JS.API.STREAM.INFO.{stream}") for stream in rights.owns}
    needed |= {f"read {stream}": asks(f"$JS.API.CONSUMER.INFO.{stream}.{user}") for stream in rights.reads}
    needed |= {f"hear {other}": listens(f"wake.{other}") for other in rights.hears}
    needed |= {"ping": says(f"wake.{user}"), "hear its inbox": listens(f"_INBOX_{user}.>")}
    async with connected(stack.nats_url(user), user) as connection:
        assert await connection.denied(needed) == set()


@pytest.mark.parametrize(
    ("user", "password"),
    [(None, None), ("audit", None), ("audit", "wrong"), ("scheduler", "wrong"), ("operator", ""), ("", "")],
)
def test_strangers_are_not_let_in(stack: System, user: str | None, password: str | None) -> None:
    address = urlsplit(stack.nats_url())
    options = {"verbose": False, "user": user, "pass": password}
    with socket.create_connection((address.hostname, address.port), timeout=5) as stranger:
        connect = json.dumps({name: value for name, value in options.items() if value is not None})
        stranger.sendall(f"CONNECT {connect}\r\nPING\r\n".encode())
        with stranger.makefile() as said:
            assert said.readline().startswith("INFO ")
            assert said.readline() == "-ERR 'Authorization Violation'\n"
