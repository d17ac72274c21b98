"""Which rooms may run against containers: those that ask a system for nothing but what `System` has."""

import re
from pathlib import Path

import pytest

from support.stack import System
from support.where import BY_ADDRESS, EMBEDDED, TESTS, place_of, wants_containers

FILES = sorted(path for room in BY_ADDRESS for path in (TESTS / room).rglob("test_*.py"))
OFFERED = {name for name in vars(System) if not name.startswith("_")}


def asked_of(source: str) -> set[str]:
    return set(re.findall(r"(?<![\w.])stack\.(\w+)", source))


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.relative_to(TESTS).as_posix())
def test_a_file_asks_for_no_more_or_stays_embedded(file: Path) -> None:
    if place_of(file) == "docker":
        assert asked_of(file.read_text()) <= OFFERED


def test_what_asks_for_more_would_be_noticed() -> None:
    assert asked_of("stack.pid('auth'); production.stack.kill('nats'); f'{stack.url}/x'") == {"pid", "url"}


def test_what_stays_embedded_is_there() -> None:
    assert {path.relative_to(TESTS).as_posix() for path in FILES} >= EMBEDDED.keys()


def test_other_rooms_make_stacks_of_their_own() -> None:
    assert place_of(TESTS / "chaos" / "test_nats.py") is None


@pytest.mark.parametrize(("word", "wanted"), [("docker", True), ("embedded", False), ("", False)])
def test_it_is_said_by_a_variable(monkeypatch: pytest.MonkeyPatch, word: str, wanted: bool) -> None:
    monkeypatch.setenv("STACK", word)
    assert wants_containers() is wanted


def test_another_word_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STACK", "podman")
    with pytest.raises(ValueError, match="STACK is docker or embedded, and not podman"):
        wants_containers()
