"""What a running stack tells about itself."""

import os
import subprocess
from pathlib import Path

import pytest

from devstack import state
from devstack.state import Component, Hold, StackState


def test_a_state_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = StackState(1, "http://localhost:3080", "running", {"nats": 2}, {"nats": Component("ready", 3, 2, 0, 4)})
    written.write(tmp_path)
    assert state.read(tmp_path) == written


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"supervisor": 1}', '{"components": 3}'])
def test_a_damaged_state_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "state.json").write_text(content)
    assert state.read(tmp_path) is None


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    first, second = Hold(tmp_path), Hold(tmp_path)
    assert not state.is_held(tmp_path)
    assert first.take()
    assert not second.take()
    assert state.is_held(tmp_path)
    first.release()
    assert second.take()
    second.release()


def test_a_leftover_is_ended_and_a_stranger_with_its_number_is_not(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as leftover, subprocess.Popen(["sleep", "60"]) as stranger:
        components = {
            "nats": Component("ready", leftover.pid, 1, 0, state.start_ticks(leftover.pid)),
            "caddy": Component("ready", stranger.pid, 1, 0, 1),
        }
        StackState(os.getpid(), "http://localhost:3080", "running", {}, components).write(tmp_path)
        state.end_leftovers(tmp_path, patience=0.1)
        assert state.start_ticks(leftover.pid) is None
        assert state.start_ticks(stranger.pid) is not None
        stranger.kill()
