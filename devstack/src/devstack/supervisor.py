"""The process behind `make up`: it starts one stack, keeps it, and stops it when told."""

import json
import os
import signal
import sys
import threading
from contextlib import suppress
from queue import Empty, SimpleQueue

from deploy.topology import SERVICES
from devstack import settings, state
from devstack.problem import StackProblem
from devstack.stack import Stack, Step
from devstack.state import Component, Hold, StackState, start_ticks


def main(report: int) -> int:
    """Runs until SIGTERM. What happens while it starts is written to descriptor `report`, one JSON object a line."""
    reports = Reports(report)
    try:
        given = settings.load()
        hold = Hold(given.data)
        if not hold.take():
            raise StackProblem("Another `make up` or `make down` is at work on this stack. Wait for it to end.")
        return Supervisor(given, hold, reports).run()
    except StackProblem as problem:
        reports.say(failed=str(problem))
    except OSError as error:
        reports.say(failed=f"{error.strerror}: {error.filename or 'the stack could not be started'}")
    return 1


class Reports:
    """Lines to whoever waits for the start. They may be gone."""

    def __init__(self, descriptor: int) -> None:
        os.set_inheritable(descriptor, False)
        self._file = open(descriptor, "w", encoding="utf-8", buffering=1)  # noqa: SIM115  open for as long as we start

    def say(self, **message: object) -> None:
        try:
            self._file.write(json.dumps(message) + "\n")
        except (OSError, ValueError):
            pass

    def close(self) -> None:
        try:
            self._file.close()
        except OSError:
            pass


class Supervisor:
    def __init__(self, given: settings.Settings, hold: Hold, reports: Reports) -> None:
        self._hold = hold
        self._data = given.data
        self._reports = reports
        self._lock = threading.Lock()
        self._phase = "starting"
        self._told_to_stop = self._told_to_roll = False
        # What a signal may wake us by: to set an Event, its handler would wait for a lock that we hold ourselves.
        self._news: SimpleQueue[None] = SimpleQueue()
        state.end_leftovers(given.data)
        last = state.read(given.data)
        self._stack = Stack(
            given,
            preferred_ports=last.ports if last else {},
            on_step=self._on_step,
            on_change=self._write_state,
        )

    def run(self) -> int:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._tell_to_stop)
        signal.signal(signal.SIGUSR1, self._tell_to_roll)
        starter = threading.Thread(target=self._start, name="start")
        starter.start()
        while not self._told_to_stop and self._hold.stands():
            if self._told_to_roll and self._phase == "running":
                self._told_to_roll = False
                self._roll()
            with suppress(Empty):
                self._news.get(timeout=1)
        self._enter("stopping")
        if starter.is_alive():
            self._stack.abandon()
        starter.join()
        self._stack.stop()
        return 0 if self._phase == "stopping" else 1

    def _tell_to_stop(self, *_: object) -> None:
        self._told_to_stop = True
        self._news.put(None)

    def _tell_to_roll(self, *_: object) -> None:
        self._told_to_roll = True
        self._news.put(None)

    def _start(self) -> None:
        try:
            self._stack.start()
        except StackProblem as problem:
            self._reports.say(failed=str(problem))
            self._tell_to_stop()
        else:
            self._enter("running")
            self._reports.say(ready=self._stack.layout.settings.address)
        finally:
            self._reports.close()

    def _roll(self) -> None:
        """Every service anew, one after the other. What goes wrong is in the supervisor's log."""
        self._enter("rolling")
        try:
            self._stack.migrate()
            for known in SERVICES:
                if not self._told_to_stop:
                    self._stack.roll(known.name)
        except StackProblem as problem:
            print(problem, file=sys.stderr, flush=True)
        self._enter("running")

    def _on_step(self, step: Step) -> None:
        self._reports.say(step=step.name, outcome=step.outcome, seconds=round(step.seconds, 2))

    def _enter(self, phase: str) -> None:
        self._phase = phase
        self._write_state()

    def _write_state(self) -> None:
        if not self._hold.stands():
            return
        with self._lock:
            components = {
                name: Component(
                    state=process.state,
                    pid=process.pid,
                    port=process.program.port,
                    restarts=process.restarts,
                    started=start_ticks(process.pid) if process.pid else None,
                )
                for name, process in self._stack.processes.items()
            }
            layout = self._stack.layout
            address = layout.settings.address
            StackState(os.getpid(), address, self._phase, dict(layout.ports), components).write(self._data)
