"""A stack as production runs it: the seeded password opens nothing but its change, and people come over https."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from support.eventually import soon
from support.stack import System, running_stack

CLIENT = "https://tickets.example.org"
CHOSEN = "a-password-of-my-own-7"
ASKED = ("/auth/me", "/users", "/cti/categories", "/tickets", "/tickets/V000000000/audit")


@dataclass(frozen=True)
class FirstDay:
    """`stack` after its seeded admin chose a password, and what it had answered until then."""

    stack: System
    login: httpx.Response
    before: dict[str, httpx.Response]
    change: httpx.Response
    after: dict[str, httpx.Response]

    def reset_password(self, username: str) -> str:
        """The password that an operator is told for this user, who has to change it."""
        command = [sys.executable, "-m", "auth", "reset-password", username]
        environment = self.stack.environment("auth")
        told = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=True).stdout
        found = re.search(r"signs in with (\S+) from now on", told)
        assert found, told
        return found[1]


@contextmanager
def first_day(folder: Path) -> Iterator[FirstDay]:
    with running_stack(folder, env={"FORCE_PASSWORD_CHANGE": "true", "CLIENT_URL": CLIENT}) as stack:
        yield _lived_through(stack)


def _lived_through(stack: System) -> FirstDay:
    with httpx.Client(base_url=f"{stack.url}/api", timeout=30) as client:
        wish = {"username": "admin", "password": "admin123"}
        login = _answered(client.post, "/auth/login", json=wish)
        seeded = _bearer(login)
        before = {path: _answered(client.get, path, headers=seeded) for path in ASKED}
        wish = {"currentPassword": "admin123", "newPassword": CHOSEN}
        change = client.post("/auth/password", json=wish, headers=seeded)
        chosen = _bearer(client.post("/auth/login", json={"username": "admin", "password": CHOSEN}))
        return FirstDay(stack, login, before, change, {path: client.get(path, headers=chosen) for path in ASKED})


def _answered(ask: Callable[..., httpx.Response], path: str, **options: Any) -> httpx.Response:
    """The service's own answer. On a busy machine the gateway may take it for not ready in its first moments."""

    def answer() -> httpx.Response | None:
        response = ask(path, **options)
        return None if response.status_code == 503 else response

    return soon(answer)


def _bearer(login: httpx.Response) -> dict[str, str]:
    assert login.status_code == 200, login.text
    return {"Authorization": f"Bearer {login.json()['token']}"}
