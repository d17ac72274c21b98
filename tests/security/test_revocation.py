"""I8: what was revoked is refused everywhere within a second, and stays refused."""

import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise

import httpx
import pytest

from support.clients import PASSWORD, Caller, Callers
from support.eventually import soon
from support.factories import Factory
from support.forgery import Forger
from support.operations import UNKNOWN
from support.stack import System

READS = {
    "auth": "/users",
    "tickets": "/tickets?limit=1",
    "cti": "/cti/categories",
    "audit": "/tickets/V000000000/audit",
}
ADMINISTERS = {"auth": f"/users/{UNKNOWN}", "tickets": f"/tickets/{UNKNOWN}", "cti": f"/cti/items/{UNKNOWN}"}
"""What only an ADMIN may delete: 404 for one, 403 for others."""

LIMIT = 1.0

Headers = Mapping[str, str]


class Watch:
    """Asks every service with one credential."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=f"{url}/api", timeout=5)

    def ends(self, credential: Headers, revoke: Callable[[], object]) -> None:
        """Every service lets it in, then `revoke` is called, and within a second all of them answer 401."""
        self._changes("GET", READS, credential, revoke, refusal=401)

    def ends_rights(self, credential: Headers, demote: Callable[[], object]) -> None:
        """The same for what only an ADMIN may do: 403."""
        self._changes("DELETE", ADMINISTERS, credential, demote, refusal=403)

    def is_admin(self, credential: Headers) -> bool:
        return all(self._ask("DELETE", path, credential) == 404 for path in ADMINISTERS.values())

    def _changes(
        self, method: str, paths: Mapping[str, str], credential: Headers, revoke: Callable[[], object], *, refusal: int
    ) -> None:
        for path in paths.values():
            assert self._ask(method, path, credential) in {200, 404}, path
        revoke()
        began, waiting = time.perf_counter(), dict(paths)
        while waiting:
            for service in list(waiting):
                if self._ask(method, waiting[service], credential) == refusal:
                    del waiting[service]
            taken = time.perf_counter() - began
            assert taken < LIMIT, f"{', '.join(waiting) or 'the last of them'} let it in after {taken:.2f} s"
        for path in paths.values():
            assert self._ask(method, path, credential) == refusal, f"{path} lets it in again"

    def _ask(self, method: str, path: str, credential: Headers) -> int:
        return self._client.request(method, path, headers=credential).status_code

    def close(self) -> None:
        self._client.close()


@pytest.fixture
def watch(stack: System) -> Iterator[Watch]:
    watch = Watch(stack.url)
    yield watch
    watch.close()


@pytest.fixture(scope="module")
def forger(stack: System) -> Forger:
    return Forger(stack)


def bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}


def test_i8_a_rotated_key(admin: Caller, callers: Callers, watch: Watch) -> None:
    service = callers.create_user(role="SERVICE")
    keys = [service["apiKey"]]

    def rotate() -> None:
        keys.append(admin.patch(f"/users/{service['id']}", {"regenerateApiKey": True}).json()["apiKey"])

    for _ in range(20):
        watch.ends({"X-Api-Key": keys[-1]}, rotate)


def test_i8_a_token_that_signed_out(callers: Callers, nobody: Caller, watch: Watch, forger: Forger) -> None:
    user = callers.create_user(role="USER")
    for token in [bearer(forger.token(user["id"], 0)) for _ in range(15)]:
        watch.ends(token, partial(nobody.post, "/auth/logout", headers=token))


def test_i8_the_rights_of_a_demoted_admin(admin: Caller, callers: Callers, watch: Watch) -> None:
    demoted = callers.new("ADMIN")
    for _ in range(10):
        soon(lambda: watch.is_admin(demoted.headers))
        watch.ends_rights(demoted.headers, partial(admin.patch, f"/users/{demoted.id}", {"role": "AGENT"}))
        admin.patch(f"/users/{demoted.id}", {"role": "ADMIN"})
    admin.patch(f"/users/{demoted.id}", {"role": "USER"})


def test_i8_a_deleted_user(admin: Caller, callers: Callers, watch: Watch, forger: Forger) -> None:
    for user in [callers.create_user(role="USER") for _ in range(3)]:
        watch.ends(bearer(forger.token(user["id"], 0)), partial(admin.delete, f"/users/{user['id']}"))
    for service in [callers.create_user(role="SERVICE") for _ in range(10)]:
        watch.ends({"X-Api-Key": service["apiKey"]}, partial(admin.delete, f"/users/{service['id']}"))


def test_i8_a_deleted_agent_who_held_many_tickets(
    admin: Caller, callers: Callers, watch: Watch, forger: Forger, make: Factory
) -> None:
    """Taking those away may take longer, and holds up neither this deletion nor what comes after it."""
    agent, other = callers.create_user(role="AGENT"), callers.new("ADMIN")
    for _ in range(250):
        make.ticket(assigneeId=agent["id"])
    watch.ends(bearer(forger.token(agent["id"], 0)), partial(admin.delete, f"/users/{agent['id']}"))
    watch.ends_rights(other.headers, partial(admin.patch, f"/users/{other.id}", {"role": "USER"}))
    held = {"assigneeId": agent["id"], "limit": 1}
    soon(lambda: admin.get("/tickets", params=held).json() == [])


def test_i8_sessions_of_an_old_password(
    admin: Caller, nobody: Caller, callers: Callers, watch: Watch, forger: Forger
) -> None:
    user = callers.create_user(role="USER")
    passwords = [PASSWORD, *(f"a-password-of-my-own-{n}" for n in range(3))]
    for epoch, (current, new) in enumerate(pairwise(passwords)):
        session = bearer(forger.token(user["id"], epoch))
        change = {"currentPassword": current, "newPassword": new}
        watch.ends(session, partial(nobody.post, "/auth/password", change, headers=session))
    for epoch in range(3, 6):
        reset = {"password": f"a-password-set-for-them-{epoch}"}
        watch.ends(bearer(forger.token(user["id"], epoch)), partial(admin.patch, f"/users/{user['id']}", reset))


def test_i8_an_account_that_becomes_a_service(admin: Caller, callers: Callers, watch: Watch, forger: Forger) -> None:
    user = callers.create_user(role="AGENT")
    token = bearer(forger.token(user["id"], 0))
    watch.ends(token, partial(admin.patch, f"/users/{user['id']}", {"role": "SERVICE"}))
