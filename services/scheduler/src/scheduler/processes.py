"""The processes of the scheduler: a worker, a beat, or both in one."""

import logging
from typing import Any

from celery import Celery, bootsteps, signals
from celery.beat import EmbeddedService

from common import logs
from scheduler.celery_app import scheduler_app
from scheduler.settings import SchedulerSettings
from scheduler.tasks import CLOSE_DUE


def serve(settings: SchedulerSettings) -> int:
    """Work and keep the time, in one process."""
    app = _app(settings)
    app.steps["worker"].add(ThreadedBeat)
    return _work(app, settings)


def worker(settings: SchedulerSettings) -> int:
    """Work. As many as you like."""
    return _work(_app(settings), settings)


def beat(settings: SchedulerSettings) -> int:
    """Keep the time. Two of them ask twice as often, which changes nothing."""
    _app(settings).Beat(loglevel=settings.log_level, quiet=True).run()
    return 0


class AskOnConnecting(bootsteps.StartStopStep):
    """A worker that comes up, or finds Redis again, makes good what may have been missed."""

    requires: tuple[str, ...] = ("celery.worker.consumer.tasks:Tasks",)  # type: ignore[assignment]  # Celery: no types

    def start(self, consumer: Any) -> None:
        entry = consumer.app.conf.beat_schedule[CLOSE_DUE]
        consumer.app.send_task(entry["task"], expires=entry["options"]["expires"])


class ThreadedBeat(bootsteps.StartStopStep):
    """Beat as a thread of the worker. Celery's own `-B` forks a second process, twice the memory."""

    def create(self, worker: Any) -> Any:
        self._thread = EmbeddedService(worker.app, thread=True)
        return self

    def start(self, _worker: Any) -> None:
        self._thread.start()

    def stop(self, _worker: Any) -> None:
        # Not for ever: it may be waiting for a Redis that is away.
        self._thread.service.stop()
        self._thread.join(timeout=3)


def _app(settings: SchedulerSettings) -> Celery:
    logs.configure("scheduler", settings.log_level)
    logging.captureWarnings(capture=True)
    for wordy in ("celery.app.trace", "celery.worker.strategy"):
        logging.getLogger(wordy).setLevel("WARNING")
    signals.setup_logging.connect(_logs_stay_as_they_are, weak=False)
    return scheduler_app(settings)


def _logs_stay_as_they_are(**_: Any) -> None:
    """Celery leaves logging alone where somebody hears this signal."""


def _work(app: Celery, settings: SchedulerSettings) -> int:
    app.steps["consumer"].add(AskOnConnecting)
    running = app.Worker(
        pool_cls="solo",
        concurrency=1,
        loglevel=settings.log_level,
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    running.start()
    return int(running.exitcode or 0)
