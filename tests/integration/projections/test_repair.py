"""Read models heal from their owners. This stack has no NATS at all: nothing else can bring what is missing."""

from collections.abc import Iterator

import httpx
import psycopg
import pytest

from devstack.settings import Settings
from devstack.stack import Stack
from support.eventually import soon

SYSTEM = "00000000-0000-7000-8000-000000000001"


@pytest.fixture(scope="module")
def without_nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Services with empty schemas. That it starts at all says that they became ready by asking auth."""
    stack = Stack(
        Settings(data=tmp_path_factory.mktemp("repair"), port=0),
        components=("postgres", "valkey", "auth", "cti", "tickets"),
        env={"REPAIR_INTERVAL": "0.5"},
    )
    stack.start()
    yield stack
    stack.stop()


def rows(stack: Stack, table: str, columns: str = "id, version") -> list[tuple[object, ...]]:
    with psycopg.connect(stack.database_url("postgres")) as connection:
        return connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1").fetchall()


def as_owner(stack: Stack, service: str, statement: str) -> int:
    with psycopg.connect(stack.database_url(service, "owner")) as connection:
        return connection.execute(statement).rowcount


@pytest.mark.parametrize("service", ["cti", "tickets"])
def test_an_empty_schema_is_filled_by_the_owner(without_nats: Stack, service: str) -> None:
    assert len(rows(without_nats, "auth.users")) >= 2
    soon(lambda: rows(without_nats, f"{service}.known_users") == rows(without_nats, "auth.users"))
    keys = "kid, public_key, retired, version"
    soon(lambda: rows(without_nats, f"{service}.known_keys", keys) == rows(without_nats, "auth.known_keys", keys))
    ready = httpx.get(f"{without_nats.internal_url(service)}/readyz")
    assert ready.json() == {"status": "ready", "missing": []}


def test_the_tree_too(without_nats: Stack) -> None:
    assert len(rows(without_nats, "cti.nodes")) > 10
    soon(lambda: rows(without_nats, "tickets.known_nodes") == rows(without_nats, "cti.nodes"))


def test_what_was_lost_comes_back_and_what_is_old_is_renewed(without_nats: Stack) -> None:
    soon(lambda: rows(without_nats, "tickets.known_nodes") == rows(without_nats, "cti.nodes"))
    assert as_owner(without_nats, "tickets", "DELETE FROM known_users") >= 2
    assert as_owner(without_nats, "tickets", "DELETE FROM known_nodes WHERE level = 'item'") > 1
    assert as_owner(without_nats, "tickets", "UPDATE known_nodes SET name = 'Old', version = 0 WHERE level = 'type'")
    soon(lambda: rows(without_nats, "tickets.known_users") == rows(without_nats, "auth.users"))
    named = "id, name, version"
    soon(lambda: rows(without_nats, "tickets.known_nodes", named) == rows(without_nats, "cti.nodes", named))


def test_what_is_newer_here_stays(without_nats: Stack) -> None:
    """An event may have come after the owner's page was read."""
    newer = f"UPDATE known_users SET display_name = 'Newer', version = 1000 WHERE id = '{SYSTEM}'"
    assert as_owner(without_nats, "cti", newer) == 1
    assert as_owner(without_nats, "cti", f"DELETE FROM known_users WHERE id <> '{SYSTEM}'")
    soon(lambda: len(rows(without_nats, "cti.known_users")) == len(rows(without_nats, "auth.users")))
    assert ("Newer", 1000) in rows(without_nats, "cti.known_users", "display_name, version")


def test_a_deletion_that_was_missed_still_unassigns(without_nats: Stack) -> None:
    auth, cti, tickets = (f"{without_nats.internal_url(name)}/api" for name in ("auth", "cti", "tickets"))
    admin = httpx.Client()
    signed_in = admin.post(f"{auth}/auth/login", json={"username": "admin", "password": "admin123"})
    admin.headers["Authorization"] = f"Bearer {signed_in.json()['token']}"
    mia = {"username": "mia", "displayName": "Mia", "email": "mia@example.org", "role": "AGENT"}
    mia |= admin.post(f"{auth}/users", json=mia | {"password": "correct horse 99"}).json()
    item = admin.get(f"{cti}/cti/items").json()[0]
    type_ = next(each for each in admin.get(f"{cti}/cti/types").json() if each["id"] == item["typeId"])
    route = {"categoryId": type_["categoryId"], "typeId": type_["id"], "itemId": item["id"]}
    new = {"title": "Hers", "overview": "", "severity": 3, "assigneeId": mia["id"], **route}
    ticket = admin.post(f"{tickets}/tickets", json=new).json()
    assert ticket["assignee"]["displayName"] == "Mia"
    assert admin.delete(f"{auth}/users/{mia['id']}").status_code == 204
    soon(lambda: admin.get(f"{tickets}/tickets/{ticket['id']}").json()["assignee"] is None)
    admin.close()


def test_a_session_newer_than_what_was_heard_is_let_in_at_once(without_nats: Stack) -> None:
    """A changed password ends all tokens of before; who signs in then must not wait until everybody has heard of it."""
    auth, tickets = (f"{without_nats.internal_url(name)}/api" for name in ("auth", "tickets"))
    with httpx.Client() as client:

        def sign_in(username: str, password: str) -> None:
            told = client.post(f"{auth}/auth/login", json={"username": username, "password": password}).json()
            client.headers["Authorization"] = f"Bearer {told['token']}"
            client.cookies.clear()

        sign_in("admin", "admin123")
        noa = {"username": "noa", "displayName": "Noa", "email": "noa@example.org", "role": "AGENT"}
        assert client.post(f"{auth}/users", json=noa | {"password": "correct horse 0"}).status_code == 201
        sign_in("noa", "correct horse 0")
        for number in range(4):
            assert client.get(f"{tickets}/tickets?limit=1").status_code == 200
            passwords = {"currentPassword": f"correct horse {number}", "newPassword": f"correct horse {number + 1}"}
            assert client.post(f"{auth}/auth/password", json=passwords).status_code == 204
            sign_in("noa", f"correct horse {number + 1}")
        assert client.get(f"{tickets}/tickets?limit=1").status_code == 200


def test_i8_a_token_that_was_signed_out_is_refused_also_by_who_lost_the_news(without_nats: Stack) -> None:
    auth, tickets = (f"{without_nats.internal_url(name)}/api" for name in ("auth", "tickets"))
    with httpx.Client() as client:
        told = client.post(f"{auth}/auth/login", json={"username": "admin", "password": "admin123"}).json()
        client.cookies.clear()
        client.headers["Authorization"] = f"Bearer {told['token']}"
        assert client.get(f"{tickets}/tickets?limit=1").status_code == 200
        assert client.post(f"{auth}/auth/logout").status_code == 204
        columns = "jti, user_id, expires_at"
        revoked = rows(without_nats, "auth.revoked_tokens", columns)
        assert len(revoked) == 1
        soon(lambda: rows(without_nats, "tickets.revoked_tokens", columns) == revoked)
        soon(lambda: client.get(f"{tickets}/tickets?limit=1").status_code == 401)
