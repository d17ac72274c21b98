"""One supervised process, with a real child."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.problem import StackProblem
from devstack.process import Process, Program, State
from devstack.waiting import until

SLEEP = "import time; print('at work', flush=True); time.sleep(60)"
DEAF = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"


class Children:
    """Makes processes and ends them after the test."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: list[Process] = []

    def make(self, code: str = SLEEP, *, ready: bool = True, start_seconds: float = 10.0) -> Process:
        program = Program(
            name="child",
            command=(sys.executable, "-SEc", code),
            environment={"PATH": os.environ["PATH"]},
            is_ready=lambda _: ready,
            start_seconds=start_seconds,
            stop_seconds=2,
        )
        self._made.append(Process(program, self._folder / "child.log", lambda: None))
        return self._made[-1]

    def end(self) -> None:
        for process in self._made:
            process.stop()


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    children = Children(tmp_path)
    yield children
    children.end()


def test_it_comes_back_after_a_crash_as_another_process(children: Children) -> None:
    process = children.make()
    process.start()
    first = process.pid
    process.kill()
    assert until(lambda: process.pid not in {None, first}, 5)
    process.wait_ready(5)
    assert process.restarts == 1


def test_killed_for_good_it_stays_away_until_it_is_started(children: Children) -> None:
    process = children.make()
    process.start()
    process.kill(comes_back=False)
    assert (process.state, process.pid) == (State.STOPPED, None)
    process.start()
    assert process.state is State.READY


def test_what_ends_while_it_starts_is_told_with_its_last_words(children: Children) -> None:
    process = children.make("import sys; sys.exit('the disk is full')", ready=False)
    with pytest.raises(StackProblem, match=r"child ended with exit code 1: the disk is full"):
        process.start()
    assert process.pid is None


def test_what_never_gets_ready_is_ended(children: Children) -> None:
    process = children.make(ready=False, start_seconds=0.3)
    with pytest.raises(StackProblem, match=r"child did not become ready"):
        process.start()
    assert process.pid is None


def test_a_start_that_is_given_up_ends_at_once(children: Children) -> None:
    process = children.make(ready=False, start_seconds=30)
    threading.Timer(0.3, process.abandon).start()
    began = time.monotonic()
    with pytest.raises(StackProblem, match=r"child ended"):
        process.start()
    assert time.monotonic() - began < 5


def test_a_start_that_is_given_up_ends_although_it_does_not_listen(children: Children) -> None:
    process = children.make(DEAF, ready=False, start_seconds=30)

    def give_up() -> None:
        assert until(lambda: process.last_words() == "deaf", 5)
        process.abandon()

    given_up = threading.Thread(target=give_up)
    given_up.start()
    began = time.monotonic()
    with pytest.raises(StackProblem, match=r"child ended with signal SIGKILL"):
        process.start()
    given_up.join()
    assert time.monotonic() - began < 8


def test_what_was_given_up_does_not_start_any_more(children: Children) -> None:
    process = children.make(ready=False)
    process.abandon()
    with pytest.raises(StackProblem, match=r"child was given up"):
        process.start()
    assert process.pid is None


def test_what_does_not_listen_is_killed(children: Children) -> None:
    process = children.make(DEAF)
    process.start()
    assert until(lambda: process.last_words() == "deaf", 5)
    began = time.monotonic()
    process.stop()
    assert process.pid is None
    assert time.monotonic() - began < 4


def test_paused_it_does_not_run_and_resumed_it_does(children: Children) -> None:
    process = children.make()
    process.start()
    process.pause()
    assert until(lambda: _kernel_state(process.pid) == "T", 2)
    process.resume()
    assert until(lambda: _kernel_state(process.pid) == "S", 2)


def test_what_it_had_started_itself_goes_with_it(children: Children, tmp_path: Path) -> None:
    pid_file = tmp_path / "grandchild"
    process = children.make(
        "import subprocess, sys, time; grandchild = subprocess.Popen(['sleep', '60']); "
        f"open({str(pid_file)!r}, 'w').write(str(grandchild.pid)); time.sleep(60)"
    )
    process.start()
    assert until(lambda: pid_file.exists() and pid_file.read_text() != "", 5)
    process.kill(comes_back=False)
    assert until(lambda: _kernel_state(int(pid_file.read_text())) in {None, "Z"}, 2)


def test_nothing_survives_a_killed_supervisor(tmp_path: Path) -> None:
    code = f"""
import sys, time
from pathlib import Path
from devstack.process import Process, Program
program = Program(name="child", command=(sys.executable, "-SEc", {SLEEP!r}), is_ready=lambda _: True)
process = Process(program, Path({str(tmp_path / "child.log")!r}), lambda: None)
process.start()
print(process.pid, flush=True)
time.sleep(60)
"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        child = int(supervisor.stdout.readline())
        supervisor.send_signal(signal.SIGKILL)
    assert until(lambda: _kernel_state(child) in {None, "Z"}, 5)


def test_children_started_from_many_threads_at_once_all_get_ready(tmp_path: Path) -> None:
    """Python code between fork and exec once waited for ever for a lock of another thread."""
    children = Children(tmp_path)
    threads = [threading.Thread(target=children.make().start) for _ in range(16)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(10)
        assert not any(thread.is_alive() for thread in threads)
    finally:
        children.end()


def _kernel_state(pid: int | None) -> str | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return None
