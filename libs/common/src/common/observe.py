"""What is seen of every request: its ids, one log line where it matters, and the metrics."""

import logging
import time
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common import logs
from common.ids import new_id

EXPOSITION_TYPE = CONTENT_TYPE_LATEST
SLOW_SECONDS = 1.0

REQUESTS = Counter("http_requests", "Requests answered.", ["service", "method", "route", "status"])
DURATION = Histogram(
    "http_request_duration_seconds",
    "From the first byte in to the last byte out.",
    ["service", "method", "route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
REFUSED = Counter("http_refused", "Requests refused with 401, 403 or 429.", ["service", "status"])
START_TIME = Gauge("service_start_time_seconds", "When this process started, in seconds since 1970.", ["service"])

REFUSALS = (401, 403, 429)
_QUIET = {"/healthz", "/readyz", "/metrics"}

log = logging.getLogger(__name__)


def exposition() -> bytes:
    return generate_latest()


class Observed:
    """ASGI middleware: takes or makes request id and trace context, counts, times, and logs changes and failures."""

    def __init__(self, app: ASGIApp, *, service: str) -> None:
        self._app = app
        self._service = service
        self._children: dict[tuple[str, str, int], tuple[Any, Any]] = {}
        START_TIME.labels(service).set_to_current_time()
        for status in REFUSALS:
            REFUSED.labels(service, status)  # a rate needs the 0 before the first

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _QUIET:
            await self._app(scope, receive, send)
            return
        request_id, parent = _ids(scope)
        logs.request_id.set(request_id)
        logs.traceparent.set(parent)
        started = time.perf_counter()
        status = 500

        async def observed_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"].append((b"x-request-id", request_id.encode()))
            await send(message)

        try:
            await self._app(scope, receive, observed_send)
        finally:
            self._observe(scope, status, time.perf_counter() - started)

    def _observe(self, scope: Scope, status: int, seconds: float) -> None:
        method = scope["method"]
        route = getattr(scope.get("route"), "path_format", "none")
        key = (method, route, status)
        children = self._children.get(key)
        if children is None:
            children = (
                REQUESTS.labels(self._service, method, route, status),
                DURATION.labels(self._service, method, route),
            )
            self._children[key] = children
        children[0].inc()
        children[1].observe(seconds)
        if status in REFUSALS:
            REFUSED.labels(self._service, status).inc()
        if method != "GET" or status >= 400 or seconds > SLOW_SECONDS:
            level = logging.ERROR if status >= 500 and status != 503 else logging.INFO
            fields = {"method": method, "path": scope["path"], "status": status, "ms": round(seconds * 1000, 1)}
            log.log(level, "request.answered", extra=fields)


def _ids(scope: Scope) -> tuple[str, str]:
    request_id = traceparent = None
    for name, value in scope["headers"]:
        if name == b"x-request-id":
            request_id = value.decode("latin-1")
        elif name == b"traceparent":
            traceparent = value.decode("latin-1")
    if request_id is None or len(request_id) > 128 or not request_id.isprintable() or not request_id.isascii():
        request_id = str(new_id())
    if traceparent is None or not logs.TRACEPARENT.match(traceparent):
        traceparent = logs.new_trace()
    return request_id, traceparent
