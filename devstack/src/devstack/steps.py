"""Work with an order: each step begins as soon as those before it are done, all others at the same time."""

import threading
from collections.abc import Callable, Sequence


class Steps:
    """Threads that wait for each other. The first failure is raised; steps that had not begun never do.

    `on_failure` is called at once, to end what the others are waiting for.
    """

    def __init__(self, *, on_failure: Callable[[], None] = lambda: None) -> None:
        self._on_failure = on_failure
        self._work: dict[str, tuple[Callable[[], None], tuple[str, ...]]] = {}
        self._done: dict[str, threading.Event] = {}
        self._failure: BaseException | None = None
        self._lock = threading.Lock()

    def add(self, name: str, work: Callable[[], None], *, after: Sequence[str] = ()) -> None:
        self._work[name] = (work, tuple(after))
        self._done[name] = threading.Event()

    def run(self) -> None:
        threads = [threading.Thread(target=self._run, args=(name,), name=name) for name in self._work]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._failure is not None:
            raise self._failure

    def _run(self, name: str) -> None:
        work, after = self._work[name]
        try:
            for other in after:
                self._done[other].wait()
            if self._failure is None:
                work()
        except BaseException as failure:  # noqa: BLE001  raised again by run(), in the caller's thread
            with self._lock:
                first = self._failure is None
                self._failure = self._failure or failure
            if first:
                self._on_failure()
        finally:
            self._done[name].set()
