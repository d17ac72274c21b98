"""What is done when it is due: tickets is asked to close what has been resolved for long enough.

The rule, the clock and the guard against doing it twice are all in tickets: to ask once too often is harmless.
"""

import logging
from typing import Any

import httpx
from celery import Celery

from common import logs
from common.peers import service_token
from scheduler.settings import SchedulerSettings

CLOSE_DUE = "scheduler.close_due"
USUAL_FAILURES = 5
"""So many questions in a row may fail while tickets starts, or a replica is replaced: nobody need look."""

PATIENCE_SECONDS = 60.0
"""tickets closes what is due in batches before it answers."""

log = logging.getLogger(__name__)


def register(app: Celery, settings: SchedulerSettings) -> None:
    """The task that asks, and asks again after 1, 2, 4 ... 60 seconds until it is answered or its message expires."""

    @app.task(  # type: ignore[untyped-decorator]  # Celery ships no types
        name=CLOSE_DUE,
        bind=True,
        shared=False,
        autoretry_for=(httpx.HTTPError,),
        max_retries=None,
        retry_backoff=1,
        retry_backoff_max=60,
        retry_jitter=False,
    )
    def close_due(task: Any) -> None:
        ask_to_close_due(settings, failures=task.request.retries)


def ask_to_close_due(settings: SchedulerSettings, *, failures: int = 0) -> None:
    """Raises `httpx.HTTPError` where tickets does not answer, or not with 200; so many times it did not already."""
    logs.traceparent.set(logs.new_trace())
    token = service_token(settings.tickets_service_secret, caller="scheduler", callee="tickets")
    try:
        response = httpx.post(
            f"{settings.tickets_url}/internal/auto-close",
            headers={"Authorization": f"Bearer {token}", **logs.headers()},
            timeout=PATIENCE_SECONDS,
        ).raise_for_status()
    except httpx.HTTPError as error:
        level = logging.INFO if failures < USUAL_FAILURES else logging.WARNING
        log.log(level, "auto_close.unacknowledged", extra={"reason": str(error)})
        raise
    log.info("auto_close.acknowledged", extra={"answer": response.text[:200]})
