"""The Celery application: what is due when, and how the queue in Redis is used."""

import ssl
from urllib.parse import urlsplit

from celery import Celery

from scheduler.settings import SchedulerSettings
from scheduler.tasks import CLOSE_DUE, register

SCHEDULE_FILE = "beat-schedule"
WAIT_FOR_REDIS = {"max_retries": None, "interval_start": 1, "interval_step": 1, "interval_max": 10}
CHECKED = {"ssl_cert_reqs": ssl.CERT_REQUIRED}


def scheduler_app(settings: SchedulerSettings) -> Celery:
    """The application for these settings. Nothing connects before a worker or beat is started."""
    app = Celery("scheduler", broker=settings.redis_url)
    app.conf.update(
        beat_schedule={
            CLOSE_DUE: {
                "task": CLOSE_DUE,
                "schedule": settings.auto_close_interval,
                # Nobody needs a look that the next one overtakes; its retries end here too.
                "options": {"expires": settings.auto_close_interval, "retry_policy": WAIT_FOR_REDIS},
            }
        },
        beat_schedule_filename=str(settings.scheduler_state / SCHEDULE_FILE),
        task_ignore_result=True,
        task_acks_late=True,
        # No limit. With one, a question whose acknowledgement Redis did not take counts as at work for ever: the worker
        # would take no other, and with nothing to wait for would never notice that Redis was away.
        worker_prefetch_multiplier=0,
        worker_enable_remote_control=False,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        # Celery would take any certificate for good. What the address says of TLS comes before this.
        broker_use_ssl=CHECKED if urlsplit(settings.redis_url).scheme == "rediss" else False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,  # Redis may be away for as long as it likes
        timezone="UTC",
    )
    register(app, settings)
    return app
