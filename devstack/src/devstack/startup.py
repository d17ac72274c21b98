"""What `make up` shows: each step as it is done, and then how to begin."""

import json
import os
import signal
import subprocess
import sys
import time
from typing import TextIO

from devstack import state, welcome
from devstack.files import make_private
from devstack.problem import StackProblem
from devstack.settings import ROOT, Settings


def start(settings: Settings) -> int:
    """Leave a supervisor behind that runs the stack; return when the gateway answers."""
    running = state.read(settings.data) if state.is_held(settings.data) else None
    if running is not None and running.phase == "running":
        print(f"Already running at {running.address}; nothing was changed. `make status` shows the parts.")
        if running.address != settings.address:
            print(f"To move it to {settings.address}: make down, then make up PORT={settings.port}")
        return 0
    first_run = not (settings.data / "goddard.key").exists()
    began = time.monotonic()
    _supervise(settings)
    welcome.wait_for_gateway(settings)
    print(f"Ready in {time.monotonic() - began:.1f} s.\n")
    print(welcome.text(settings, first_run=first_run))
    return 0


def _supervise(settings: Settings) -> None:
    try:
        logs = make_private(make_private(settings.data) / "logs")
    except OSError as error:
        raise StackProblem(f"{settings.data} cannot be used ({error.strerror}). Is it a folder of yours?") from None
    reading, writing = os.pipe()
    with (logs / "supervisor.log").open("ab") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "devstack", "supervise", str(writing)],
            cwd=ROOT,
            pass_fds=[writing],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    os.close(writing)
    try:
        with os.fdopen(reading, encoding="utf-8") as reports:
            _follow(reports)
    except BaseException:
        # Cut off or failed: whatever was begun is ended before we are.
        supervisor.send_signal(signal.SIGTERM)
        supervisor.wait()
        raise


def _follow(reports: TextIO) -> None:
    for line in reports:
        message = json.loads(line)
        if "step" in message:
            print(f"{message['step']:<10} … {message['outcome']} {message['seconds']:.1f} s", flush=True)
        elif "failed" in message:
            raise StackProblem(message["failed"])
        elif "ready" in message:
            return
    raise StackProblem("The supervisor ended without a word; `make logs S=supervisor` shows its last ones.")
