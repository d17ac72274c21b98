"""One process: started, watched, started again when it ends by itself, stopped when told."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NoReturn

import psutil

from devstack import launch
from devstack.problem import StackProblem

FIRST_POLL_SECONDS = 0.01
LONGEST_POLL_SECONDS = 0.1
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 10.0
STEADY_SECONDS = 10.0  # having run that long, the next crash is a first one again


class State(StrEnum):
    """`starting` runs but does not answer yet; `waiting` has crashed and is started again in a moment."""

    STARTING = "starting"
    READY = "ready"
    WAITING = "waiting"
    PAUSED = "paused"
    STOPPED = "stopped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """How one process is run. `is_ready` is asked with its pid: does it answer, and is it ours?"""

    name: str
    command: tuple[str, ...]
    is_ready: Callable[[int], bool]
    port: int | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] = lambda: None
    stop_signal: signal.Signals = signal.SIGTERM
    stop_seconds: float = 10.0
    start_seconds: float = 90.0
    identity: Callable[[], str] = lambda: "self"


class Process:
    """A program kept running by a thread of its own, which stays its parent for as long as it lives."""

    def __init__(self, program: Program, log: Path, on_change: Callable[[], None]) -> None:
        self.program = program
        self.log = log
        self.state = State.STOPPED
        self.restarts = 0
        self._on_change = on_change
        self._child: subprocess.Popen[bytes] | None = None
        self._let_go = threading.Event()
        self._abandoned = False
        self._settled = threading.Event()
        self._keeper: threading.Thread | None = None
        self._reason = "was given up"
        self._refusal = ""
        self._log_start = 0

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def pid(self) -> int | None:
        child = self._child
        return child.pid if child is not None and child.returncode is None else None

    def start(self) -> None:
        """Start it and wait until it is ready. `StackProblem` when it ends or stays silent instead."""
        self._let_go.clear()
        if self._abandoned:
            self._let_go.set()
        self._settled.clear()
        self._refusal = ""
        self._log_start = self.log.stat().st_size if self.log.exists() else 0
        self._change(State.STARTING)
        self._keeper = threading.Thread(target=self._keep, name=f"keep {self.name}", daemon=True)
        self._keeper.start()
        if not self._settled.wait(self.program.start_seconds):
            said = self.last_words()
            self.stop()
            self._fail(f"did not become ready within {self.program.start_seconds:.0f} s", said)
        if self._refusal:
            self._change(State.FAILED)
            raise StackProblem(self._refusal)
        if self.state is not State.READY:
            self._fail(self._reason, self.last_words())

    def stop(self, asked_by: signal.Signals | None = None) -> None:
        """Ask it to end, by its own signal where no other is given, wait, insist."""
        self._let_go.set()
        self.resume()
        self._signal(asked_by or self.program.stop_signal)
        if self._keeper is not None:
            self._keeper.join(self.program.stop_seconds)
            if self._keeper.is_alive():
                self._signal(signal.SIGKILL)
                self._keeper.join(5)
        self._change(State.STOPPED)

    def abandon(self) -> None:
        """Ask it to end, for good, and do not wait: whoever waits for its start, or is about to, is told so."""
        self._abandoned = True
        self._let_go.set()
        self._signal(self.program.stop_signal)

    def kill(self, *, comes_back: bool = True) -> None:
        """`kill -9`. It is started again like after any crash, unless `comes_back` is false."""
        if not comes_back:
            self._let_go.set()
        self._signal(signal.SIGKILL)
        if not comes_back and self._keeper is not None:
            self._keeper.join(5)

    def pause(self) -> None:
        """Stop its clock and its children's (SIGSTOP) until `resume`."""
        self._signal_family(signal.SIGSTOP)
        self._change(State.PAUSED)

    def resume(self) -> None:
        if self.state is State.PAUSED:
            self._signal_family(signal.SIGCONT)
            self._change(State.READY)

    def wait_ready(self, seconds: float = 30.0) -> None:
        """Wait until it answers (again). `TimeoutError` when it does not."""
        deadline = time.monotonic() + seconds
        while self.state is not State.READY:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name} is still {self.state} after {seconds:.0f} s: {self.last_words()}")
            time.sleep(FIRST_POLL_SECONDS)

    def last_words(self) -> str:
        """The last line it wrote since it was started."""
        try:
            written = self.log.read_bytes()[self._log_start :]
        except OSError:
            written = b""
        lines = written.decode(errors="replace").rstrip().splitlines()
        return lines[-1][:400] if lines else "it said nothing"

    def _keep(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._let_go.is_set():
            began = time.monotonic()
            try:
                self.program.prepare()
                child = self._spawn()
            except StackProblem as problem:
                self._refusal = str(problem)
            except OSError as error:
                self._reason = f"could not be started ({error})"
            else:
                self._watch(child)
            if self._let_go.is_set() or not self._settled.is_set():
                break
            if time.monotonic() - began > STEADY_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            self.restarts += 1
            self._change(State.WAITING)
            self._let_go.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
        self._change(State.STOPPED if self._settled.is_set() or self._let_go.is_set() else State.FAILED)
        self._settled.set()

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                launched(self.program.command, self.program.stop_signal, self.program.identity()),
                env=dict(self.program.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
            )
        self._child = child
        self._change(State.STARTING)
        return child

    def _watch(self, child: subprocess.Popen[bytes]) -> None:
        """Until it ends."""
        poll = FIRST_POLL_SECONDS
        while child.poll() is None:
            if self._let_go.is_set():
                self._end(child)
            elif self.program.is_ready(child.pid) and child.poll() is None:
                if self.state is State.STARTING:
                    self._change(State.READY)
                self._settled.set()
                child.wait()
            else:
                time.sleep(poll)
                poll = min(poll * 1.3, LONGEST_POLL_SECONDS)
        self._reason = f"ended with {_outcome(child.returncode)}"
        try:
            os.killpg(child.pid, signal.SIGKILL)  # what it had started itself
        except ProcessLookupError:
            pass

    def _end(self, child: subprocess.Popen[bytes]) -> None:
        """Told to go before it was ready, perhaps before there was anybody to be told."""
        child.send_signal(self.program.stop_signal)
        try:
            child.wait(self.program.stop_seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _fail(self, reason: str, said: str) -> NoReturn:
        self._change(State.FAILED)
        raise StackProblem(f"{self.name} {reason}: {said} (all of it: {self.log})")

    def _signal(self, number: signal.Signals) -> None:
        if self._child is not None:
            self._child.send_signal(number)

    def _signal_family(self, number: signal.Signals) -> None:
        if self.pid is None:
            return
        process = psutil.Process(self.pid)
        for member in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.NoSuchProcess):
                member.send_signal(number)

    def _change(self, state: State) -> None:
        self.state = state
        self._on_change()


def launched(command: Sequence[str], death_signal: signal.Signals, identity: str = "self") -> list[str]:
    """The command line that runs `command` as a child which ends when the thread that started it does (launch.py)."""
    program = Path(launch.__file__)
    return [sys.executable, "-SEsB", str(program), str(int(death_signal)), str(os.getpid()), identity, *command]


def _outcome(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
