"""Who asks auth, and with which credential."""

from dataclasses import dataclass
from itertools import count
from typing import Any
from uuid import uuid4

import httpx

from common.peers import service_token

PASSWORD = "correct-horse-battery-9"
_ADDRESSES = count(1)


def an_address() -> str:
    """One that nobody has failed from yet."""
    number = next(_ADDRESSES)
    return f"198.18.{number // 250}.{number % 250 + 1}"


@dataclass(frozen=True)
class Caller:
    """Requests of one user with one credential. No cookie is kept."""

    client: httpx.AsyncClient
    headers: dict[str, str]
    user: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.user["id"])

    async def request(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        answer = await self.client.request(method, path, json=body, headers=self.headers | headers)
        self.client.cookies.clear()
        return answer

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.request("GET", path, **headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.request("POST", path, body, **headers)

    async def patch(self, user_id: str, **fields: Any) -> httpx.Response:
        return await self.request("PATCH", f"/api/users/{user_id}", fields)

    async def delete(self, user_id: str) -> httpx.Response:
        return await self.request("DELETE", f"/api/users/{user_id}")

    async def create(self, **fields: Any) -> dict[str, Any]:
        """A new user: an AGENT with PASSWORD, if the test does not say otherwise."""
        answer = await self.post("/api/users", new_user(**fields))
        assert answer.status_code == 201, answer.text
        created: dict[str, Any] = answer.json()
        return created


def new_user(**fields: Any) -> dict[str, Any]:
    """The body of a POST that succeeds."""
    name = f"u{uuid4().hex[:10]}"
    body = {"username": name, "email": f"{name}@example.org", "displayName": name.title(), "role": "AGENT"} | fields
    return body if body["role"] == "SERVICE" else {"password": PASSWORD} | body


async def log_in(
    client: httpx.AsyncClient, username: str, password: str = PASSWORD, *, address: str | None = None, **headers: str
) -> httpx.Response:
    """One attempt, from an address of its own unless the test names one."""
    came_from = {"X-Forwarded-For": address or an_address()}
    answer = await client.post(
        "/api/auth/login", json={"username": username, "password": password}, headers=came_from | headers
    )
    client.cookies.clear()
    return answer


async def signed_in(client: httpx.AsyncClient, username: str, password: str = PASSWORD) -> Caller:
    answer = await log_in(client, username, password)
    assert answer.status_code == 200, answer.text
    return Caller(client, {"Authorization": f"Bearer {answer.json()['token']}"}, answer.json()["user"])


async def in_browser(client: httpx.AsyncClient, username: str, password: str = PASSWORD) -> Caller:
    """With the cookie, from a page of the client's own."""
    answer = await log_in(client, username, password)
    assert answer.status_code == 200, answer.text
    cookie = answer.headers["set-cookie"].partition(";")[0]
    return Caller(client, {"Cookie": cookie, "Origin": "http://localhost:3080"}, answer.json()["user"])


async def with_key(client: httpx.AsyncClient, key: str) -> Caller:
    headers = {"X-Api-Key": key}
    answer = await client.get("/api/auth/me", headers=headers)
    assert answer.status_code == 200, answer.text
    return Caller(client, headers, answer.json())


def peer(client: httpx.AsyncClient, secret: str) -> Caller:
    """The tickets service."""
    token = service_token(secret, caller="tickets", callee="auth")
    return Caller(client, {"Authorization": f"Bearer {token}"}, {})


@dataclass(frozen=True)
class Callers:
    """The seeded accounts."""

    client: httpx.AsyncClient
    admin: Caller
    goddard: Caller

    @classmethod
    async def of(cls, client: httpx.AsyncClient, *, goddards_key: str) -> "Callers":
        return cls(client, await signed_in(client, "admin", "admin123"), await with_key(client, goddards_key))

    async def new(self, role: str = "AGENT", **fields: Any) -> Caller:
        """A user of the test's own."""
        created = await self.admin.create(role=role, **fields)
        if role == "SERVICE":
            return await with_key(self.client, created["apiKey"])
        return await signed_in(self.client, created["username"], fields.get("password", PASSWORD))
