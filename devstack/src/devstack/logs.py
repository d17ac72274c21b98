"""The components' logs: one file each, with a limit."""

import os
import shutil
import sys
import threading
import time
from collections import deque
from pathlib import Path

LIMIT_BYTES = 10 * 1024 * 1024
CHECK_SECONDS = 10.0


class Rotation(threading.Thread):
    """Keeps each log under its limit, and one older part of it (`<name>.log.1`)."""

    def __init__(self, folder: Path) -> None:
        super().__init__(name="log rotation", daemon=True)
        self._folder = folder
        self._end = threading.Event()

    def run(self) -> None:
        while not self._end.wait(CHECK_SECONDS):
            for log in self._folder.glob("*.log"):
                rotate(log)

    def stop(self) -> None:
        self._end.set()
        if self.is_alive():
            self.join()


def rotate(log: Path, *, limit: int = LIMIT_BYTES) -> None:
    """Copy and empty it: its writer holds it open and goes on appending."""
    if log.stat().st_size > limit:
        shutil.copyfile(log, log.with_name(f"{log.name}.1"))
        os.truncate(log, 0)


def show(logs: list[Path], *, lines: int = 100, follow: bool) -> None:
    """Print the end of each log, and then what is added to any of them."""
    positions = {}
    width = max((len(log.stem) for log in logs), default=0)
    for log in logs:
        with log.open(encoding="utf-8", errors="replace") as file:
            for line in deque(file, maxlen=lines):
                _print(log, line, width, alone=len(logs) == 1)
            positions[log] = file.tell()
    while follow:
        time.sleep(0.3)
        for log in logs:
            if log.stat().st_size < positions[log]:
                positions[log] = 0
            with log.open(encoding="utf-8", errors="replace") as file:
                file.seek(positions[log])
                for line in file:
                    _print(log, line, width, alone=len(logs) == 1)
                positions[log] = file.tell()


def _print(log: Path, line: str, width: int, *, alone: bool) -> None:
    sys.stdout.write(line if alone else f"{log.stem:<{width}}  {line}")
    sys.stdout.flush()
