"""Errors as sentences, rendered as RFC 9457 `application/problem+json`.

    Problem
    ├── Unauthenticated   401  no valid credential
    ├── Forbidden         403  the caller may not do this
    ├── NotFound          404  it is not there, or not the caller's to see
    ├── Conflict          409  it contradicts what is there
    ├── Stale             412  it was changed in the meantime
    ├── TooLarge          413  the body is over the limit
    ├── Invalid           422  a field is wrong: which, why, what is allowed
    ├── TooMany           429  slow down
    └── Unavailable       503  a part that is needed does not answer

A service subclasses these with a name that is the sentence to tell (`OnlyAdminsClose`); the class's `code` is stable.
"""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, ClassVar

import orjson
from starlette.responses import Response


class Problem(Exception):
    """An error with a status, a stable code and a sentence. The docstring is the sentence where none is given."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"

    def __init__(
        self,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        errors: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.detail = detail or " ".join((type(self).__doc__ or "").split())
        self.headers = dict(headers or {})
        self.errors = [{"field": field, "message": message} for field, message in errors]
        super().__init__(self.detail)

    def response(self) -> Response:
        return problem_response(self.status, self.code, self.detail, headers=self.headers, errors=self.errors)


class Unauthenticated(Problem):
    """No valid credential. Send `Authorization: Bearer <token>` or `X-Api-Key: <key>`."""

    status = 401
    code = "unauthenticated"

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    """Your role does not allow this."""

    status = 403
    code = "forbidden"


class NotFound(Problem):
    """There is no such thing."""

    status = 404
    code = "not_found"


class Conflict(Problem):
    """This contradicts what is there already."""

    status = 409
    code = "conflict"


class Stale(Problem):
    """It was changed since you read it. Read it again and decide which version to keep."""

    status = 412
    code = "stale"


class TooLarge(Problem):
    """The request body is larger than 2 MiB."""

    status = 413
    code = "body_too_large"


class Invalid(Problem):
    """The request has fields that cannot be accepted."""

    status = 422
    code = "invalid"

    def __init__(self, *errors: tuple[str, str], detail: str | None = None) -> None:
        super().__init__(detail or "; ".join(f"{field}: {message}" for field, message in errors) or None, errors=errors)


class TooMany(Problem):
    """Too many requests. Try again later."""

    status = 429
    code = "too_many_requests"

    def __init__(self, detail: str | None = None, *, retry_after: int = 1) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


class Unavailable(Problem):
    """A part that is needed for this does not answer at the moment. Nothing was changed; try again."""

    status = 503
    code = "unavailable"

    def __init__(self, detail: str | None = None, *, retry_after: int = 1) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after)})


def problem_response(
    status: int,
    code: str,
    detail: str,
    *,
    headers: Mapping[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> Response:
    body: dict[str, Any] = {
        "type": f"urn:ticketing:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    if errors:
        body["errors"] = errors
    return Response(
        orjson.dumps(body),
        status,
        {"Cache-Control": "no-store", **(headers or {})},
        media_type="application/problem+json",
    )
