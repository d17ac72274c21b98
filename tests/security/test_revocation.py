"""I8: what was revoked is refused everywhere within a second, and stays refused."""

import time
from collections.abc import Callable, Iterator, Mapping

import httpx
import pytest

from devstack.stack import Stack
from support.clients import PASSWORD, Caller, Callers
from support.eventually import soon
from support.forgery import Forger
from support.operations import UNKNOWN

READS = {
    "auth": "/users",
    "tickets": "/tickets?limit=1",
    "cti": "/cti/categories",
    "audit": "/tickets/V000000000/audit",
}
ADMINISTERS = {"auth": f"/users/{UNKNOWN}", "tickets": f"/tickets/{UNKNOWN}", "cti": f"/cti/items/{UNKNOWN}"}
"""What only an ADMIN may delete: 404 for one, 403 for others."""

Headers = Mapping[str, str]


class Watch:
    """Asks every service with one credential and measures when it refuses."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=f"{url}/api", timeout=5)

    def slowest(self, credential: Headers, revoke: Callable[[], object]) -> float:
        """Seconds from the answer to the revocation until the last service refuses; all let it in before."""
        return self._slowest("GET", READS, credential, revoke, refusal=401)

    def slowest_to_demote(self, credential: Headers, revoke: Callable[[], object]) -> float:
        return self._slowest("DELETE", ADMINISTERS, credential, revoke, refusal=403)

    def lets_in(self, credential: Headers) -> bool:
        return all(self._ask("DELETE", path, credential) == 404 for path in ADMINISTERS.values())

    def _slowest(
        self, method: str, paths: Mapping[str, str], credential: Headers, revoke: Callable[[], object], *, refusal: int
    ) -> float:
        for path in paths.values():
            assert self._ask(method, path, credential) in {200, 404}, path
        revoke()
        began, waiting, slowest = time.perf_counter(), dict(paths), 0.0
        while waiting and slowest < 5:
            for service in list(waiting):
                if self._ask(method, waiting[service], credential) == refusal:
                    del waiting[service]
                slowest = time.perf_counter() - began
        for path in paths.values():
            assert self._ask(method, path, credential) == refusal, f"{path} lets it in again"
        return slowest

    def _ask(self, method: str, path: str, credential: Headers) -> int:
        return self._client.request(method, path, headers=credential).status_code

    def close(self) -> None:
        self._client.close()


@pytest.fixture
def watch(stack: Stack) -> Iterator[Watch]:
    watch = Watch(stack.url)
    yield watch
    watch.close()


@pytest.fixture(scope="module")
def forger(stack: Stack) -> Forger:
    return Forger(stack)


def bearer(token: str) -> Headers:
    return {"Authorization": f"Bearer {token}"}


def test_i8_a_rotated_key(admin: Caller, callers: Callers, watch: Watch) -> None:
    service = callers.create_user(role="SERVICE")
    keys = [service["apiKey"]]

    def rotate() -> None:
        keys.append(admin.patch(f"/users/{service['id']}", {"regenerateApiKey": True}).json()["apiKey"])

    assert max(watch.slowest({"X-Api-Key": keys[-1]}, rotate) for _ in range(20)) < 1


def test_i8_a_token_that_signed_out(callers: Callers, nobody: Caller, watch: Watch, forger: Forger) -> None:
    user = callers.create_user(role="USER")
    tokens = [bearer(forger.token(user["id"], 0)) for _ in range(15)]
    taken = [watch.slowest(token, lambda token=token: nobody.post("/auth/logout", headers=token)) for token in tokens]  # type: ignore[misc]
    assert max(taken) < 1


def test_i8_the_rights_of_a_demoted_admin(admin: Caller, callers: Callers, watch: Watch) -> None:
    demoted, taken = callers.new("ADMIN"), []
    for _ in range(10):
        soon(lambda: watch.lets_in(demoted.headers))
        taken.append(
            watch.slowest_to_demote(demoted.headers, lambda: admin.patch(f"/users/{demoted.id}", {"role": "AGENT"}))
        )
        admin.patch(f"/users/{demoted.id}", {"role": "ADMIN"})
    admin.patch(f"/users/{demoted.id}", {"role": "USER"})
    assert max(taken) < 1


def test_i8_a_deleted_user(admin: Caller, callers: Callers, watch: Watch, forger: Forger) -> None:
    people = [callers.create_user(role="USER") for _ in range(3)]
    services = [callers.create_user(role="SERVICE") for _ in range(10)]
    credentials = [(user["id"], bearer(forger.token(user["id"], 0))) for user in people]
    credentials += [(service["id"], {"X-Api-Key": service["apiKey"]}) for service in services]
    taken = [
        watch.slowest(credential, lambda user_id=user_id: admin.delete(f"/users/{user_id}"))  # type: ignore[misc]
        for user_id, credential in credentials
    ]
    assert max(taken) < 1


def test_i8_sessions_of_an_old_password(admin: Caller, callers: Callers, watch: Watch, forger: Forger) -> None:
    user, passwords = callers.create_user(role="USER"), [PASSWORD]

    def reset() -> None:
        passwords.append(f"a-password-set-by-the-admin-{len(passwords)}")
        admin.patch(f"/users/{user['id']}", {"password": passwords[-1]})

    assert max(watch.slowest(bearer(forger.token(user["id"], epoch)), reset) for epoch in range(3)) < 1

    def change() -> None:
        new = f"a-password-of-my-own-{len(passwords)}"
        own = bearer(forger.token(user["id"], len(passwords) - 1))
        change = {"currentPassword": passwords[-1], "newPassword": new}
        assert callers.anonymous().post("/auth/password", change, headers=own).status_code == 204
        passwords.append(new)

    assert max(watch.slowest(bearer(forger.token(user["id"], epoch)), change) for epoch in range(3, 6)) < 1


def test_i8_an_account_that_becomes_a_service(admin: Caller, callers: Callers, watch: Watch, forger: Forger) -> None:
    user = callers.create_user(role="AGENT")
    token = bearer(forger.token(user["id"], 0))
    assert watch.slowest(token, lambda: admin.patch(f"/users/{user['id']}", {"role": "SERVICE"})) < 1
