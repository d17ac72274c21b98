"""Logs as JSON lines: one line, one happening, static words plus fields.

    log = logging.getLogger(__name__)
    log.info("outbox.published", extra={"count": 12, "oldest_ms": 9})

The request's and the trace's id are added to every line that is written while a request, or an event, is worked on.
"""

import logging
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
traceparent: ContextVar[str | None] = ContextVar("traceparent", default=None)
event_id: ContextVar[UUID | None] = ContextVar("event_id", default=None)

TRACEPARENT = re.compile(r"^00-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}$")

_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "color_message", "taskName"}


@contextmanager
def working_on(event: UUID | None, parent: str | None) -> Iterator[None]:
    """What is logged, said and asked inside belongs to this event, if there is one, and to the trace it came from."""
    outer_event, outer_parent = event_id.set(event), traceparent.set(parent)
    try:
        yield
    finally:
        event_id.reset(outer_event)
        traceparent.reset(outer_parent)


def new_trace() -> str:
    """The `traceparent` of a trace that begins here."""
    random = os.urandom(24).hex()
    return f"00-{random[:32]}-{random[32:]}-01"


def headers() -> dict[str, str]:
    """What tells another service to which request and trace our question belongs."""
    found = {"traceparent": traceparent.get(), "X-Request-Id": request_id.get()}
    return {name: value for name, value in found.items() if value is not None}


def trace_id(parent: str) -> str:
    """The trace's id in a `traceparent`."""
    return parent[3:35]


def configure(service: str, level: str) -> None:
    """Write the process's logs as JSON lines to stdout."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(JsonLines(service))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("uvicorn.access", "httpx", "nats", "faststream", "psycopg.pool"):
        logging.getLogger(noisy).setLevel("WARNING")


class JsonLines(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC),
            "level": record.levelname,
            "service": self._service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if (current := request_id.get()) is not None:
            line["requestId"] = current
        if (event := event_id.get()) is not None:
            line["eventId"] = event
        if (parent := traceparent.get()) is not None:
            line["traceId"] = trace_id(parent)
        line |= {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()
