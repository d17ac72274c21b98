"""With `rediss://` the queue is kept by a Redis whose certificate was checked."""

import ssl
from typing import Any

import pytest

from scheduler.celery_app import scheduler_app
from scheduler.settings import SchedulerSettings


def tls_of(redis_url: str) -> Any:
    settings = SchedulerSettings(redis_url=redis_url, tickets_service_secret="s" * 32)
    return scheduler_app(settings).connection_for_write().ssl


@pytest.mark.parametrize("scheme", ["rediss", "REDISS"])
def test_a_certificate_is_required(scheme: str) -> None:
    """Celery by itself would take any for good."""
    assert tls_of(f"{scheme}://:secret@127.0.0.1:6379/0") == {"ssl_cert_reqs": ssl.CERT_REQUIRED}


def test_what_the_address_says_of_tls_counts() -> None:
    assert tls_of("rediss://:secret@127.0.0.1:6379/0?ssl_ca_certs=/ca.pem") == {"ssl_ca_certs": "/ca.pem"}


def test_without_it_there_is_none() -> None:
    assert not tls_of("redis://:secret@127.0.0.1:6379/0")
