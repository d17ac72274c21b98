"""The secrets of a stack."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from devstack.problem import StackProblem
from devstack.secrets import Secrets


def test_a_secret_stays_the_same_from_run_to_run(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secrets.json"
    assert Secrets(path)["jwt"] == Secrets(path)["jwt"]


def test_two_names_are_two_secrets_long_enough_to_sign_with(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "secrets.json")
    assert secrets["a"] != secrets["b"]
    assert len(secrets["a"]) >= 32


def test_only_their_owner_may_read_them(tmp_path: Path) -> None:
    path = tmp_path / "data" / "secrets.json"
    Secrets(path)["jwt"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_components_that_start_together_agree(tmp_path: Path) -> None:
    secrets = Secrets(tmp_path / "secrets.json")
    with ThreadPoolExecutor(8) as threads:
        found = set(threads.map(lambda number: (number % 4, secrets[f"name {number % 4}"]), range(64)))
    assert len(found) == 4


@pytest.mark.parametrize("content", ["", "{", "[]", '{"jwt": 1}'])
def test_a_damaged_file_is_named_with_the_way_out(tmp_path: Path, content: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(content)
    with pytest.raises(StackProblem, match=r"secrets\.json.*make reset"):
        Secrets(path)
