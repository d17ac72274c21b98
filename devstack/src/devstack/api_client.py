"""The public API as its callers use it: one identity per caller, and patience while the stack restarts.

async with sign_in("http://localhost:3080", Credentials.from_environment(key_file)) as session:
    created = await session.service.post("/api/tickets", ticket, key="backup-42")
    await session.admin.patch(f"/api/tickets/{created['id']}", {"status": "CLOSED"})

ApiError
├── CredentialsMissing   no key to be found
├── CredentialsRefused   the API does not know this key or login, or it may too little
├── ApiUnreachable       no answer within our patience, or not from this API
└── ApiRefused           an answer that trying again does not change
"""

import itertools
import os
import random
import time
from asyncio import sleep
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import httpx

from devstack import state
from devstack.settings import Settings

PAGE = 200

RESTARTING = {
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}


class ApiError(Exception):
    """A sentence for the person at the terminal."""


class CredentialsMissing(ApiError):
    pass


class CredentialsRefused(ApiError):
    pass


class ApiUnreachable(ApiError):
    pass


class ApiRefused(ApiError):
    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        request = response.request
        super().__init__(f"{request.method} {request.url.path}: {self.status} {problem_in(response)}")


def problem_in(response: httpx.Response) -> str:
    """What an error answer says, with the fields it complains about: `invalid: ... (title: required)`."""
    try:
        problem = response.json()
        words = f"{problem['code']}: {problem.get('detail') or problem['title']}"
        fields = ", ".join(f"{error['field']}: {error['message']}" for error in problem.get("errors") or [])
    except (ValueError, KeyError, TypeError):
        return response.text[:200].strip() or response.reason_phrase
    return f"{words} ({fields})" if fields else words


def address_of(stack: Settings) -> str:
    """Where the stack of these settings answers: where it said so itself, if it was started with another PORT."""
    last = state.read(stack.data)
    return last.address if last else stack.address


@dataclass(frozen=True)
class Credentials:
    """An integration's key and an admin's login."""

    api_key: str
    admin_username: str
    admin_password: str

    @classmethod
    def from_environment(cls, key_file: Path, environment: Mapping[str, str] = os.environ) -> Self:
        """API_KEY, ADMIN_USERNAME and ADMIN_PASSWORD; by default the key in `key_file` and the seeded admin.

        Raises CredentialsMissing where there is neither API_KEY nor the file.
        """
        return cls(
            environment.get("API_KEY") or _key_in(key_file),
            environment.get("ADMIN_USERNAME") or "admin",
            environment.get("ADMIN_PASSWORD") or "admin123",
        )


def _key_in(key_file: Path) -> str:
    try:
        return key_file.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise CredentialsMissing(
            f"There is no API key: {key_file} cannot be read ({error.strerror}). "
            "`make up` writes it on its first run; or set API_KEY."
        ) from error


@dataclass(frozen=True)
class Patience:
    """How long one request is tried again, in seconds: pauses double from `first` to `longest`, up to `total`."""

    first: float = 0.2
    longest: float = 8.0
    total: float = 300.0

    def pause(self, attempt: int, retry_after: str | None) -> float:
        """Seconds to wait after the failed attempt number `attempt` (from 0); half of it is chance."""
        if retry_after and retry_after.isdigit():
            return float(retry_after) + random.uniform(0, self.first)
        return min(self.longest, self.first * 2.0**attempt) * random.uniform(0.5, 1.0)


FIRST_CONTACT = Patience(total=3.0)


@dataclass
class Traffic:
    """What the callers of one session sent together; `retries` are among the `requests`."""

    requests: int = 0
    retries: int = 0


@dataclass(frozen=True)
class Caller:
    """One identity at the API. Every request is tried again while the stack restarts; a refusal is ApiRefused.

    Every POST carries an Idempotency-Key, so that trying again makes nothing twice.
    """

    http: httpx.AsyncClient
    credential: Mapping[str, str] = field(repr=False)
    traffic: Traffic
    patience: Patience = field(default_factory=Patience)
    user: Mapping[str, Any] = field(default_factory=dict)

    @property
    def username(self) -> str:
        return str(self.user["username"])

    async def get(self, path: str, **query: str | int) -> Any:
        return (await self.send("GET", path, params=query)).json()

    async def list_all(self, path: str, **query: str | int) -> list[Any]:
        """Every element of a paged list, page by page."""
        page = await self.send("GET", path, params={**query, "limit": PAGE})
        elements: list[Any] = page.json()
        while following := page.links.get("next"):
            page = await self.send("GET", _path_and_query(following["url"]))
            elements += page.json()
        return elements

    async def post(self, path: str, body: Mapping[str, Any], *, key: str | None = None) -> httpx.Response:
        headers = {"Idempotency-Key": key or str(uuid4())}
        return await self.send("POST", path, json=body, headers=headers)

    async def patch(self, path: str, body: Mapping[str, Any], *, if_match: str | None = None) -> httpx.Response:
        headers = {"If-Match": if_match} if if_match else {}
        return await self.send("PATCH", path, json=body, headers=headers)

    async def send(self, method: str, path: str, **request: Any) -> httpx.Response:
        request["headers"] = {**self.credential, **request.get("headers", {})}
        started = time.monotonic()
        for attempt in itertools.count():
            self.traffic.requests += 1
            retry_after = None
            try:
                response = await self.http.request(method, path, **request)
            except httpx.TransportError as error:
                trouble = str(error) or type(error).__name__
            else:
                if not _worth_another_try(response):
                    break
                trouble = f"{response.status_code} {problem_in(response)}"
                retry_after = response.headers.get("Retry-After")
            pause = self.patience.pause(attempt, retry_after)
            if time.monotonic() + pause - started > self.patience.total:
                raise ApiUnreachable(f"{method} {path}: no answer after {attempt + 1} attempts: {trouble}")
            self.traffic.retries += 1
            await sleep(pause)
        if not response.is_success:
            raise ApiRefused(response)
        return response


def _worth_another_try(response: httpx.Response) -> bool:
    """Also a 409 that says when to come back: the first attempt with this Idempotency-Key is still running."""
    still_running = response.status_code == HTTPStatus.CONFLICT and "Retry-After" in response.headers
    return response.status_code in RESTARTING or still_running


def version_in(etag: str) -> int:
    """The version of a ticket that its ETag (`"7-1f0c..."`) speaks of: how many requests have changed it."""
    return int(etag.removeprefix("W/").strip('"').partition("-")[0])


def _path_and_query(address: str) -> str:
    """The part of a Link that holds wherever the stack is reached."""
    return httpx.URL(address).raw_path.decode("ascii")


@dataclass(frozen=True)
class Session:
    """The two callers of an integration: the service account, and the admin for what only an admin may."""

    http: httpx.AsyncClient
    traffic: Traffic
    service: Caller
    admin: Caller

    async def log_in(self, username: str, password: str) -> Caller:
        """Somebody else as a third caller. Raises CredentialsRefused."""
        return await _logged_in(self.http, self.traffic, username, password)


@asynccontextmanager
async def sign_in(url: str, credentials: Credentials, *, connections: int = 16) -> AsyncIterator[Session]:
    """Both callers, known to the API and allowed to do their part.

    Raises ApiUnreachable within seconds where no stack runs, and CredentialsRefused.
    """
    async with httpx.AsyncClient(
        base_url=url,
        limits=httpx.Limits(max_connections=connections, max_keepalive_connections=connections),
        timeout=httpx.Timeout(30.0, connect=5.0),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),  # login's cookie would speak for every caller
    ) as http:
        traffic = Traffic()
        try:
            service = await _known_by_key(http, traffic, credentials.api_key)
            admin = await _logged_in(http, traffic, credentials.admin_username, credentials.admin_password)
        except ApiUnreachable as error:
            raise ApiUnreachable(f"No stack answers at {url}: start it with `make up`. ({error})") from error
        except (ValueError, KeyError, TypeError) as error:
            raise ApiUnreachable(f"What answers at {url} is not this API.") from error
        if admin.user["role"] != "ADMIN":
            raise CredentialsRefused(f"{admin.username} is no admin: set ADMIN_USERNAME and ADMIN_PASSWORD.")
        yield Session(http, traffic, service, admin)


async def _known_by_key(http: httpx.AsyncClient, traffic: Traffic, api_key: str) -> Caller:
    credential = {"X-Api-Key": api_key}
    try:
        me = await Caller(http, credential, traffic, FIRST_CONTACT).get("/api/auth/me")
    except ApiRefused as refusal:
        if refusal.status != HTTPStatus.UNAUTHORIZED:
            raise
        raise CredentialsRefused(
            f"{http.base_url} does not know this API key: set API_KEY to one of that stack."
        ) from refusal
    return Caller(http, credential, traffic, user={"username": me["username"], **me})


async def _logged_in(http: httpx.AsyncClient, traffic: Traffic, username: str, password: str) -> Caller:
    login = {"username": username, "password": password}
    try:
        answer = (await Caller(http, {}, traffic, FIRST_CONTACT).post("/api/auth/login", login)).json()
    except ApiRefused as refusal:
        if refusal.status != HTTPStatus.UNAUTHORIZED:
            raise
        raise CredentialsRefused(
            f"{http.base_url} refused the password of {username}. ADMIN_USERNAME and ADMIN_PASSWORD name an admin's."
        ) from refusal
    return Caller(http, {"Authorization": f"Bearer {answer['token']}"}, traffic, user=answer["user"])
