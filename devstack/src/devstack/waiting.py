"""Waiting for a fact."""

import time
from collections.abc import Callable


def until(fact: Callable[[], bool], seconds: float, *, every: float = 0.02) -> bool:
    """Whether it became true in time."""
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            return False
        time.sleep(every)
    return True
