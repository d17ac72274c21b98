"""Callers of the API, each with a credential of its own and no cookies of anybody else's."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx

from support.stack import System

PASSWORD = "correct-horse-battery-9"


class Caller:
    """Requests through the gateway as one person or automation."""

    def __init__(self, url: str, headers: Mapping[str, str], user: Mapping[str, Any] | None = None) -> None:
        self.url = url
        self.headers = dict(headers)
        self.user = dict(user or {})
        self._client = httpx.Client(base_url=url, headers=self.headers, timeout=30)

    @property
    def id(self) -> str:
        return str(self.user["id"])

    def request(self, method: str, path: str, **options: Any) -> httpx.Response:
        response = self._client.request(method, f"/api{path}", **options)
        self._client.cookies.clear()
        return response

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.request("GET", path, **options)

    def post(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.request("POST", path, json=json, **options)

    def patch(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.request("PATCH", path, json=json, **options)

    def put(self, path: str, json: Any = None, **options: Any) -> httpx.Response:
        return self.request("PUT", path, json=json, **options)

    def delete(self, path: str, **options: Any) -> httpx.Response:
        return self.request("DELETE", path, **options)

    def close(self) -> None:
        self._client.close()


class Callers:
    """The seeded admin, goddard, an agent and a user; and whoever a test brings."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._by_role: dict[str, Caller] = {}
        self._others: list[Caller] = []

    def __getitem__(self, role: str) -> Caller:
        return self._by_role[role]

    def __iter__(self) -> Iterator[Caller]:
        return iter(self._by_role.values())

    @classmethod
    @contextmanager
    def of(cls, stack: System, *, admin_password: str = "admin123") -> Iterator["Callers"]:
        callers = cls(stack.url)
        admin = callers.log_in("admin", admin_password)
        callers._by_role["ADMIN"] = admin
        for role in ("AGENT", "USER"):
            created = callers.create_user(role=role, displayName=f"The {role.lower()}")
            callers._by_role[role] = callers.log_in(created["username"], PASSWORD)
        callers._by_role["SERVICE"] = callers.with_key((stack.data / "goddard.key").read_text().strip())
        try:
            yield callers
        finally:
            callers.close()

    def close(self) -> None:
        for caller in [*self, *self._others]:
            caller.close()

    def anonymous(self) -> Caller:
        return self._kept(Caller(self.url, {}))

    def log_in(self, username: str, password: str) -> Caller:
        anonymous = self.anonymous()
        response = anonymous.post("/auth/login", {"username": username, "password": password})
        assert response.status_code == 200, response.text
        body = response.json()
        return self._kept(Caller(self.url, {"Authorization": f"Bearer {body['token']}"}, body["user"]))

    def with_key(self, key: str) -> Caller:
        caller = Caller(self.url, {"X-Api-Key": key})
        caller.user = caller.get("/auth/me").json()
        return self._kept(caller)

    def create_user(self, **fields: Any) -> dict[str, Any]:
        """A new user (an AGENT, if the test does not care), with PASSWORD as the password."""
        name = f"u{uuid4().hex[:12]}"
        body = {"username": name, "email": f"{name}@example.org", "displayName": name.title(), "role": "AGENT"} | fields
        if body["role"] != "SERVICE":
            body.setdefault("password", PASSWORD)
        response = self["ADMIN"].post("/users", body)
        assert response.status_code == 201, response.text
        created: dict[str, Any] = response.json()
        return created

    def new(self, role: str = "AGENT", **fields: Any) -> Caller:
        """A caller of their own for a test that changes them."""
        created = self.create_user(role=role, **fields)
        if role == "SERVICE":
            return self.with_key(created["apiKey"])
        return self.log_in(created["username"], fields.get("password", PASSWORD))

    def _kept(self, caller: Caller) -> Caller:
        self._others.append(caller)
        return caller
