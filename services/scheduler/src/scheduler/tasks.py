"""What is done when it is due: tickets is asked to close what has been resolved for long enough.

The rule, the clock and the guard against doing it twice are all in tickets: to ask once too often is harmless.
"""

import logging

import httpx
from celery import Celery

from common.peers import service_token
from scheduler.settings import SchedulerSettings

CLOSE_DUE = "scheduler.close_due"
PATIENCE_SECONDS = 60.0
"""tickets closes what is due in batches before it answers."""

log = logging.getLogger(__name__)


def register(app: Celery, settings: SchedulerSettings) -> None:
    """The task that asks, and asks again after 1, 2, 4 ... 60 seconds until it is answered or its message expires."""

    @app.task(  # type: ignore[untyped-decorator]  # Celery ships no types
        name=CLOSE_DUE,
        shared=False,
        autoretry_for=(httpx.HTTPError,),
        max_retries=None,
        retry_backoff=1,
        retry_backoff_max=60,
        retry_jitter=False,
    )
    def close_due() -> None:
        ask_to_close_due(settings)


def ask_to_close_due(settings: SchedulerSettings) -> None:
    """Raises `httpx.HTTPError` where tickets does not answer, or not with 200."""
    token = service_token(settings.tickets_service_secret, caller="scheduler", callee="tickets")
    try:
        response = httpx.post(
            f"{settings.tickets_url}/internal/auto-close",
            headers={"Authorization": f"Bearer {token}"},
            timeout=PATIENCE_SECONDS,
        ).raise_for_status()
    except httpx.HTTPError as error:
        log.warning("auto_close.unacknowledged", extra={"reason": str(error)})
        raise
    log.info("auto_close.acknowledged", extra={"answer": response.text[:200]})
