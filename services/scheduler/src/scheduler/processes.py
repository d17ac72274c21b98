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
    def configure_logs(**_: Any) -> None:
        logs.configure("scheduler", settings.log_level)
        logging.captureWarnings(capture=True)

    signals.setup_logging.connect(configure_logs, weak=False)
    return scheduler_app(settings)


def _work(app: Celery, settings: SchedulerSettings) -> int:
    def look_now(**_: Any) -> None:
        """A worker that comes up, or finds Redis again, makes good what may have been missed."""
        app.send_task(CLOSE_DUE, expires=settings.auto_close_interval)

    signals.worker_ready.connect(look_now, weak=False)
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
