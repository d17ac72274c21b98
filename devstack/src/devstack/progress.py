"""How far a long run is, for the person who waits: one line rewritten on a terminal, now and then a line elsewhere."""

import sys
import time
from types import TracebackType
from typing import Self, TextIO


class Progress:
    """`Replaying incidents  120/600  82/s`

    with Progress("Replaying incidents", total=600) as progress:
        progress.advance()
    """

    TERMINAL_INTERVAL = 0.1
    LOG_INTERVAL = 5.0

    def __init__(self, label: str, *, total: int, stream: TextIO | None = None) -> None:
        self._label = label
        self._total = total
        self._stream = stream or sys.stdout
        self._terminal = self._stream.isatty()
        self._interval = self.TERMINAL_INTERVAL if self._terminal else self.LOG_INTERVAL
        self._started = self._shown = time.monotonic()
        self._done = 0

    def advance(self, count: int = 1) -> None:
        self._done += count
        if time.monotonic() - self._shown >= self._interval:
            self._show()

    def __enter__(self) -> Self:
        if self._terminal:
            self._show()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._show()
        if self._terminal:
            self._stream.write("\n")

    @property
    def seconds(self) -> float:
        return time.monotonic() - self._started

    def _show(self) -> None:
        self._shown = time.monotonic()
        pace = f"{self._done / self.seconds:,.0f}/s" if self._done and self.seconds else ""
        line = f"{self._label}  {self._done:,}/{self._total:,}  {pace}".rstrip()
        self._stream.write(f"\r{line}\x1b[K" if self._terminal else f"{line}\n")
        self._stream.flush()
