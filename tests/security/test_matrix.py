"""Every operation, for every caller, with every credential: answered as matrix.yml declares."""

import base64
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import psycopg
import pytest
import yaml

from auth import api_keys
from devstack.waiting import until
from support.clients import Caller, Callers
from support.first_day import CLIENT, FirstDay
from support.forgery import Forger
from support.operations import Operation, operations

MATRIX: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("matrix.yml").read_text(encoding="utf-8"))
CALLERS: list[str] = MATRIX["callers"]
TABLE: dict[str, list[int]] = MATRIX["operations"]
BOTH = ("none", "SERVICE")
WORKERS = 8


@dataclass(frozen=True)
class Shown:
    """A credential as it is sent: headers, and perhaps a query."""

    headers: Mapping[str, str]
    query: str = ""


def bearer(token: str, **more: str) -> Shown:
    return Shown({"Authorization": f"Bearer {token}", **more})


def cookie(token: str, origin: str | None = None, *, name: str = "__Host-session") -> Shown:
    return Shown({"Cookie": f"{name}={token}"} | ({"Origin": origin} if origin else {}))


class Credentials:
    """The people and automations of the matrix, and everything they could show."""

    def __init__(self, production: FirstDay, callers: Callers) -> None:
        self.url = production.stack.url
        self._forger = Forger(production.stack)
        self._callers = callers
        admin = callers["ADMIN"]
        people = {role: callers[role].id for role in ("USER", "AGENT", "ADMIN")}
        admins = {name: callers.create_user(role="ADMIN") for name in ("owes", "deleted", "demoted")}
        people |= {name: user["id"] for name, user in admins.items()}
        self.people = people
        production.reset_password(admins["owes"]["username"])
        assert admin.patch(f"/users/{people['demoted']}", {"role": "USER"}).status_code == 200
        assert admin.delete(f"/users/{people['deleted']}").status_code == 204
        with psycopg.connect(production.stack.database_url("auth")) as connection:
            rows = connection.execute("SELECT id::text, token_epoch FROM users").fetchall()
        self._epochs: dict[str, int] = dict(rows)
        self._signed_out = {name: self._sign_out(user_id) for name, user_id in people.items()}
        self._service = callers.create_user(role="SERVICE")
        self._keys = self._make_keys(admin)
        # What is not known by then shows in the cells, which say more.
        until(self._are_known_everywhere, 5)

    def token(self, name: str) -> dict[str, Shown]:
        """By the names of matrix.yml."""
        user_id, forger = self.people[name], self._forger
        epoch = self._epochs[user_id]
        who = (user_id, epoch)
        now = forger.claims(*who)["iat"]
        header, payload, signature = forger.token(*who).split(".")
        other_signature = base64.urlsafe_b64encode(bytes(64)).rstrip(b"=").decode()
        good = forger.token(*who)
        return {
            # Each time anew: signing out is one of the operations.
            "good": bearer(forger.token(*who)),
            "in the cookie from our page": cookie(forger.token(*who), self.url),
            "in the cookie from the client's address": cookie(forger.token(*who), CLIENT),
            "in the cookie from a foreign page": cookie(forger.token(*who), "https://tickets.example.org.evil"),
            "in the cookie from nowhere": cookie(forger.token(*who)),
            "in the cookie of plain http": cookie(good, self.url, name="session"),
            "expired": bearer(forger.token(*who, iat=now - 7200, nbf=now - 7200, exp=now - 60)),
            "not yet valid": bearer(forger.token(*who, nbf=now + 3600)),
            "issued in the future": bearer(forger.token(*who, iat=now + 3600)),
            "for another audience": bearer(forger.token(*who, aud="tickets")),
            "of another issuer": bearer(forger.token(*who, iss="tickets")),
            "without end": bearer(forger.token(*who, exp=None)),
            "without an id": bearer(forger.token(*who, jti=None)),
            "without an epoch": bearer(forger.token(*who, epoch=None)),
            "of an earlier epoch": bearer(forger.token(user_id, epoch - 1)),
            "of a later epoch": bearer(forger.token(user_id, epoch + 1)),
            "signed out": bearer(self._signed_out[name]),
            "by another key": bearer(forger.by_another_key(*who)),
            "by an unknown key": bearer(forger.by_another_key(*who, kid="0123456789abcdef")),
            "alg none": bearer(forger.by_nobody(*who)),
            "alg EdDSA without a signature": bearer(forger.by_nobody(*who, algorithm="EdDSA")),
            "HS256 with the public key": bearer(forger.with_the_public_key_as_secret(*who)),
            "HS256 with nothing": bearer(forger.with_the_public_key_as_secret(*who, secret=b"")),
            "altered to be ADMIN's": bearer(forger.altered(*who, sub=self.people["ADMIN"])),
            "with another signature": bearer(f"{header}.{payload}.{other_signature}"),
            "cut off": bearer(f"{header}.{payload}.{signature[:-2]}"),
            "as a key": Shown({"X-Api-Key": good}),
            "in the query": Shown({}, f"?token={good}&access_token={good}"),
            "without Bearer": Shown({"Authorization": good}),
            "bad, beside a good cookie": bearer(f"{good}x", **cookie(good, self.url).headers),
            "beside a key": bearer(good, **{"X-Api-Key": self._keys["good"]}),
        }

    def key(self) -> dict[str, Shown]:
        """What can be shown in the name of a SERVICE account."""
        keys = self._keys
        good = keys["good"]
        digit = "0" if good[-1] != "0" else "1"
        token = self._forger.token(self._service["id"], self._epochs.get(self._service["id"], 0))
        shown = {name: Shown({"X-Api-Key": key}) for name, key in keys.items()}
        return shown | {
            "never minted": Shown({"X-Api-Key": api_keys.mint()[0]}),
            "with wrong check digits": Shown({"X-Api-Key": good[:-1] + digit}),
            "cut off": Shown({"X-Api-Key": good[:-1]}),
            "as a token": bearer(good),
            "in the query": Shown({}, f"?apiKey={good}&api_key={good}&X-Api-Key={good}"),
            "in the cookie": cookie(good, self.url),
            "token signed for it": bearer(token),
            "beside itself as a token": bearer(good, **{"X-Api-Key": good}),
        }

    def _sign_out(self, user_id: str) -> str:
        token = self._forger.token(user_id, self._epochs[user_id])
        answer = httpx.post(f"{self.url}/api/auth/logout", headers=bearer(token).headers)
        assert answer.status_code == (401 if user_id == self.people["deleted"] else 204)
        return token

    def _make_keys(self, admin: Caller) -> dict[str, str]:
        rotated = self._service["apiKey"]
        rotation = admin.patch(f"/users/{self._service['id']}", {"regenerateApiKey": True})
        agent, gone = (self._callers.create_user(role="SERVICE") for _ in range(2))
        made = admin.patch(f"/users/{agent['id']}", {"role": "AGENT", "password": "a-password-for-it-9"})
        assert made.status_code == 200
        assert admin.delete(f"/users/{gone['id']}").status_code == 204
        return {
            "good": rotation.json()["apiKey"],
            "rotated": rotated,
            "of somebody made AGENT": agent["apiKey"],
            "of somebody deleted": gone["apiKey"],
        }

    def _are_known_everywhere(self) -> bool:
        """How fast the news travels is another test's matter (test_revocation.py)."""
        paths = ("/users", "/cti/categories", "/tickets?limit=1", "/tickets/V000000000/audit")
        refused = [self.token("owes")["good"], self.token("deleted")["good"]]
        refused += [self.key()[name] for name in ("rotated", "of somebody made AGENT", "of somebody deleted")]
        refused += [self.token(name)["signed out"] for name in self.people]
        return all(
            httpx.get(f"{self.url}/api{path}", headers=shown.headers).status_code in {401, 403}
            for shown in refused
            for path in paths
        )


@dataclass(frozen=True)
class Cell:
    operation: Operation
    caller: str
    credential: str
    shown: Shown
    expected: int


@pytest.fixture(scope="module")
def credentials(production: FirstDay, production_callers: Callers) -> Credentials:
    return Credentials(production, production_callers)


def cells(operation: Operation, credentials: Credentials) -> Iterator[Cell]:
    row = dict(zip(CALLERS, TABLE[f"{operation.method} /api{operation.path}"], strict=True))
    yield Cell(operation, "none", "nothing", Shown({}), row["none"])
    for caller in CALLERS:
        if caller not in BOTH:
            yield from _declared(operation, caller, "token", credentials.token(caller), row[caller])
    yield from _declared(operation, "SERVICE", "key", credentials.key(), row["SERVICE"])


def _declared(operation: Operation, caller: str, kind: str, shown: Mapping[str, Shown], let_in: int) -> Iterator[Cell]:
    declared = MATRIX["credentials"][kind]
    assert declared.keys() == shown.keys()
    for name, outcome in declared.items():
        if not operation.roles or outcome == "in":
            expected = let_in
        elif outcome == "reads":
            expected = let_in if operation.method == "GET" or let_in == 401 else 403
        else:
            expected = outcome
        yield Cell(operation, caller, f"{kind} {name}", shown[name], expected)


def differences(url: str, asked: list[Cell]) -> list[str]:
    """What was answered otherwise than declared."""
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(chain(*pool.map(lambda n: _ask(url, asked[n::WORKERS]), range(WORKERS))))


def _ask(url: str, asked: list[Cell]) -> list[str]:
    found = []
    # Thousands of requests: httpx would take longer to send them than the system to answer.
    with closing(HTTPConnection(urlsplit(url).netloc, timeout=30)) as connection:
        for cell in asked:
            operation, headers = cell.operation, dict(cell.shown.headers)
            if operation.has_body:
                headers["Content-Type"] = "application/json"
            body = b"{}" if operation.has_body else None
            connection.request(operation.method, f"/api{operation.at()}{cell.shown.query}", body, headers)
            answer = connection.getresponse()
            said = answer.read()[:200].decode()
            if answer.status != cell.expected:
                found.append(f"{cell.caller}, {cell.credential}: {answer.status}, not {cell.expected}: {said}")
    return found


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_r5_every_cell_is_as_declared(operation: Operation, credentials: Credentials) -> None:
    asked = list(cells(operation, credentials))
    found = differences(credentials.url, asked)
    assert not found, "\n".join(found)


def test_every_operation_has_a_row_and_no_row_is_left_over() -> None:
    assert {f"{operation.method} /api{operation.path}" for operation in operations()} == set(TABLE)


@pytest.mark.parametrize("operation", operations(), ids=str)
def test_the_reference_names_the_same_roles(operation: Operation) -> None:
    row = dict(zip(CALLERS, TABLE[f"{operation.method} /api{operation.path}"], strict=True))
    let_in = {role for role in ("USER", "AGENT", "ADMIN", "SERVICE") if row[role] not in {401, 403}}
    assert operation.roles in {frozenset(let_in), frozenset()}
    assert bool(operation.roles) == (row["none"] == 401)
