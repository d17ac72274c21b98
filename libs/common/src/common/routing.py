"""How a request is answered: the caller is checked before the body is read, every error is a problem document.

    router = Router()

    @router.post("/api/things", status_code=201, responses=answers(Thing, 201))
    async def create_thing(caller: Annotated[Identity, allow(Role.ADMIN)], body: NewThing) -> Response: ...

The order is 401, 403, 404, 422: `allow` runs before the body is parsed, and `finds` names what must exist for a bad
body to be worth reporting.
"""

import hashlib
import logging
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import wraps
from typing import Any

import orjson
from fastapi import APIRouter, params
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from psycopg import OperationalError
from psycopg.errors import DeadlockDetected, LockNotAvailable, QueryCanceled
from psycopg_pool import PoolTimeout, TooManyRequests
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from common.authenticator import Authenticator
from common.identity import Identity, Role
from common.peers import check_service_token
from common.problems import Forbidden, Invalid, Problem, TooLarge, Unavailable, problem_response

BODY_LIMIT = 2 * 1024 * 1024
MOST_FIELDS = 100
_VERSION = re.compile(r"^[0-9]{1,18}$")

log = logging.getLogger(__name__)


class Given:
    """A parameter that is known before FastAPI solves the others, so that it costs a request next to nothing."""

    async def check(self, request: Request) -> None:
        """What must hold before the body is read."""

    def value(self, _request: Request) -> Any:
        """What the endpoint gets."""
        return None

    async def __call__(self) -> None:
        """FastAPI reads the signature; `Route` gives the value."""


class Allow(Given):
    """Lets callers of these roles in, and gives the endpoint the caller."""

    def __init__(
        self,
        roles: frozenset[Role],
        *,
        also: Callable[[Any], Iterable[Role]] | None,
        may_owe_password_change: bool,
    ) -> None:
        self.roles = roles
        self._also = also
        self.may_owe_password_change = may_owe_password_change

    async def check(self, request: Request) -> None:
        authenticator: Authenticator = request.app.state.authenticator
        identity = await authenticator.identify(request, may_owe_password_change=self.may_owe_password_change)
        allowed = self.roles if self._also is None else self.roles.union(self._also(request.app.state.settings))
        if identity.role not in allowed:
            raise Forbidden(f"This needs one of the roles {', '.join(sorted(allowed))}; yours is {identity.role}.")
        request.state.identity = identity

    def value(self, request: Request) -> Identity:
        identity: Identity = request.state.identity
        return identity


def allow(
    *roles: Role,
    also: Callable[[Any], Iterable[Role]] | None = None,
    may_owe_password_change: bool = False,
) -> params.Depends:
    """The caller, if their role is one of `roles` (none given: any role). `also` reads more roles from the settings."""
    guard = Allow(frozenset(roles or Role), also=also, may_owe_password_change=may_owe_password_change)
    return params.Depends(guard, use_cache=False)


class OnlyPeers(Given):
    """Lets the other services in, and gives the endpoint the name of the one that asks."""

    async def check(self, request: Request) -> None:
        state = request.app.state
        request.state.peer = check_service_token(request, state.service_secret, callee=state.service_name)

    def value(self, request: Request) -> str:
        peer: str = request.state.peer
        return peer


def only_peers() -> params.Depends:
    return params.Depends(OnlyPeers(), use_cache=False)


class Finds(Given):
    """What must exist for the request to make sense; asked only where the body is bad, so that 404 comes before 422."""

    def __init__(self, look: Callable[[Request], Awaitable[object]]) -> None:
        self.look = look


class Part(Given):
    """Gives the endpoint a part of the running service."""

    def __init__(self, name: str) -> None:
        self.name = name

    def value(self, request: Request) -> Any:
        return getattr(request.app.state, self.name)


def part(name: str) -> params.Depends:
    """What the service's start has put on `app.state` under this name."""
    return params.Depends(Part(name), use_cache=False)


def finds(look: Callable[[Request], Awaitable[object]]) -> params.Depends:
    return params.Depends(Finds(look), use_cache=False)


class JsonRequest(Request):
    """A request whose body is bounded and parsed strictly: no NaN, no lone surrogates, no endless nesting."""

    async def body(self) -> bytes:
        if not hasattr(self, "_body"):
            declared = self.headers.get("content-length", "")
            if declared.isdigit() and int(declared) > BODY_LIMIT:
                raise TooLarge
            chunks, size = [], 0
            async for chunk in self.stream():
                size += len(chunk)
                if size > BODY_LIMIT:
                    raise TooLarge
                chunks.append(chunk)
            self._body = b"".join(chunks)
        return self._body

    async def json(self) -> Any:
        data = orjson.loads(await self.body())
        if isinstance(data, dict) and len(data) > MOST_FIELDS:
            # Each would be an error of its own, and some hundred thousand fit into a body.
            raise Invalid(("body", f"has {len(data)} fields, more than any request has"))
        return data


class Route(APIRoute):
    """Checks the caller first, then lets FastAPI parse and call, and renders whatever goes wrong."""

    guards: list[Given]

    def get_route_handler(self) -> Callable[[Request], Any]:
        given = [(each.name, each.call) for each in self.dependant.dependencies if isinstance(each.call, Given)]
        self.dependant.dependencies = [each for each in self.dependant.dependencies if not isinstance(each.call, Given)]
        self._give({name: call for name, call in given if name is not None})
        guards = [call for _, call in given if isinstance(call, Allow | OnlyPeers)]
        self.guards = [*guards]
        look = next((call.look for _, call in given if isinstance(call, Finds)), None)
        handler = super().get_route_handler()

        async def answer(request: Request) -> Response:
            request = JsonRequest(request.scope, request.receive)
            try:
                for guard in guards:
                    await guard.check(request)
                try:
                    response: Response = await handler(request)
                except (RequestValidationError, Invalid):
                    if look is not None:
                        await look(request)
                    raise
            except Exception as error:  # noqa: BLE001  rendered, and logged where it is ours
                response = render(error)
            response.headers.setdefault("Cache-Control", "no-store")
            return response

        return answer

    def _give(self, given: Mapping[str, Given]) -> None:
        """Have FastAPI call the endpoint with the request, and add what is given to what it found."""
        endpoint, asked = self.endpoint, self.dependant.request_param_name

        @wraps(endpoint)
        async def call(given_request: Request, **found: Any) -> Response:
            for name, each in given.items():
                found[name] = each.value(given_request)
            if asked is not None:
                found[asked] = given_request
            response: Response = await endpoint(**found)
            return response

        self.dependant.call = call
        self.dependant.request_param_name = "given_request"


class Router(APIRouter):
    def __init__(self, **options: Any) -> None:
        super().__init__(route_class=Route, redirect_slashes=False, **options)


def render(error: Exception) -> Response:
    """The problem document for anything that can be raised while a request is answered."""
    if isinstance(error, Problem):
        return error.response()
    if isinstance(error, RequestValidationError):
        return Invalid(*field_errors(error)).response()
    if isinstance(error, HTTPException) and isinstance(error.__cause__, Problem):
        return error.__cause__.response()  # FastAPI makes a 400 of what is raised while the body is read
    if isinstance(error, HTTPException):
        # FastAPI says 400 where the body cannot be decoded at all.
        if error.status_code == 400:
            return Invalid(("body", "cannot be read as JSON")).response()
        code, detail = _UNROUTED.get(error.status_code, ("http_error", str(error.detail)))
        return problem_response(error.status_code, code, detail, headers=error.headers)
    if isinstance(error, LockNotAvailable | DeadlockDetected | QueryCanceled | TooManyRequests):
        log.warning("request.busy", extra={"error": type(error).__name__})
        return Unavailable("Too many requests want the same thing at once. Nothing was changed; try again.").response()
    if isinstance(error, OperationalError | PoolTimeout):
        log.warning("request.database_unavailable", extra={"error": str(error)[:200]})
        return Unavailable("The database does not answer at the moment. Try again.").response()
    log.error("request.failed", exc_info=error)
    return problem_response(500, "internal_error", "Something went wrong on our side. It has been logged.")


_UNROUTED = {
    404: ("not_found", "There is nothing at this address. GET /api/docs shows what there is."),
    405: ("method_not_allowed", "This address does not know this method; the Allow header says which it knows."),
}


_ALLOWED = {
    "missing": "is required",
    "extra_forbidden": "is not a field of this request",
    "string_type": "must be text",
    "string_too_long": "must have at most {max_length} characters",
    "too_long": "must have at most {max_length} characters",
    "string_too_short": "must have at least {min_length} characters",
    "too_short": "must have at least {min_length} characters",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "uuid_type": "must be an id",
    "uuid_parsing": "must be an id",
    "enum": "must be {expected}",
    "literal_error": "must be {expected}",
    "greater_than_equal": "must be {ge} or more",
    "less_than_equal": "must be {le} or less",
}
"""What is allowed, by the validator's name of the error; for any other its own words do."""


def field_errors(error: RequestValidationError) -> list[tuple[str, str]]:
    """Which field, and what is allowed. Never the value that was sent."""
    found = []
    for item in error.errors():
        where = [str(part) for part in item["loc"]]
        kind = item["type"]
        if kind == "json_invalid":
            found.append(("body", "is not valid JSON"))
            continue
        # A repeated query parameter is one field to its sender: its place in the list says nothing.
        field = where[1] if where[0] == "query" else ".".join(where[1:]) or where[0]
        if where == ["body"] and kind != "missing":
            message = "must be a JSON object, sent with Content-Type: application/json"
        elif kind in _ALLOWED:
            message = _ALLOWED[kind].format(**item.get("ctx") or {})
        else:
            message = str(item["msg"]).removeprefix("Value error, ")
        found.append((field, message))
    return found


def json_response(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """`data` as JSON: dicts, lists, datetimes and UUIDs as they are."""
    return Response(dump(data), status, headers, media_type="application/json")


def dump(data: Any) -> bytes:
    return orjson.dumps(data, option=orjson.OPT_UTC_Z)


def etag(body: bytes, version: int = 0) -> str:
    """A strong tag: the version that a change must name, and a hash of what the reader saw."""
    return f'"{version}-{hashlib.blake2b(body, digest_size=8).hexdigest()}"'


def tag_headers(body: bytes, version: int = 0) -> dict[str, str]:
    """Of an answer that may be kept, and asked for again by its tag."""
    return {"ETag": etag(body, version), "Cache-Control": "private, no-cache"}


def tagged_response(request: Request, body: bytes, *, version: int = 0, status: int = 200) -> Response:
    """The body with its ETag, or 304 where the caller holds it already."""
    headers = tag_headers(body, version)
    if request.method == "GET" and headers["ETag"] in _tags(request.headers.get("if-none-match", "")):
        return Response(None, 304, headers)
    return Response(body, status, headers, media_type="application/json")


def if_match_version(header: str | None) -> int | None:
    """The version an If-Match header names; None for no header or `*`. 0 where no tag of ours is in it."""
    if header is None or header.strip() == "*":
        return None
    versions = [tag.strip('"').partition("-")[0] for tag in _tags(header)]
    return max((int(version) for version in versions if _VERSION.match(version)), default=0)


def _tags(header: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]


class FieldError(BaseModel):
    """One field that was refused."""

    field: str
    message: str


class ProblemDocument(BaseModel):
    """An error (RFC 9457). `code` is stable: branch on it, show `detail`."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | None = None


_WHAT = {
    401: "No valid credential",
    403: "Your role does not allow this, or the password that was set for you must be changed first",
    404: "There is no such thing",
    409: "It contradicts what is there",
    412: "It was changed since the version named in If-Match",
    413: "The body is larger than 2 MiB",
    422: "A field is wrong: `errors` says which and what is allowed",
    429: "Too many attempts; wait for Retry-After seconds",
    503: "A part that is needed does not answer; try again after Retry-After seconds",
}


def answers(
    model: Any, status: int = 200, *problems: int, description: str = "Done"
) -> dict[int | str, dict[str, Any]]:
    """What an operation answers, for the API reference: its result's shape and its problems."""
    shown: dict[int | str, dict[str, Any]] = {status: {"description": description}}
    if model is not None:
        shown[status]["model"] = model
    for problem in problems:
        shown[problem] = {
            "description": _WHAT[problem],
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
        }
    return shown
