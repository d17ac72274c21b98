"""Passwords, keys and tokens are kept nowhere as they are: no table, no stream, no log, no file."""

import hashlib
import json
import mmap
from collections.abc import Iterator
from pathlib import Path

import httpx
import orjson
import psycopg
import pytest
from psycopg import sql

from devstack.stack import Stack
from support.clients import Caller, Callers
from support.eventually import soon
from support.factories import unique

OURS = ("auth", "tickets", "cti", "audit")


class Told:
    """What a day of signing in, changing and failing told the system."""

    def __init__(self, callers: Callers, nobody: Caller) -> None:
        admin = callers["ADMIN"]
        self.name = unique("marker")
        self.passwords = [f"{word}-{unique()}" for word in ("first", "second", "third", "wrong", "misplaced", "weak")]
        first, second, third, wrong, misplaced, weak = self.passwords
        self.body = {
            "username": self.name,
            "email": f"{self.name}@example.org",
            "displayName": self.name,
            "role": "AGENT",
            "password": first,
        }
        created = admin.post("/users", self.body, headers={"Idempotency-Key": unique()}).json()
        caller = callers.log_in(self.name, first)
        nobody.post("/auth/login", {"username": self.name, "password": wrong})
        nobody.post("/auth/login", {"username": misplaced, "password": wrong})
        nobody.post("/auth/login", {"username": self.name, "password": [wrong]})
        nobody.post("/auth/login", content=f'{{"password": "{wrong}'.encode())
        nobody.get("/auth/me", headers={"X-Api-Key": wrong})
        admin.post("/users", self.body | {"password": f"{weak}\x00", "username": unique()})
        caller.post("/auth/password", {"currentPassword": first, "newPassword": second})
        admin.patch(f"/users/{created['id']}", {"password": third})
        self.token = callers.log_in(self.name, third).headers["Authorization"].removeprefix("Bearer ")
        httpx.get(f"{callers.url}/api/tickets?token={self.token}", headers={"Cookie": f"session={self.token}"})
        service = callers.create_user(role="SERVICE", displayName=self.name)
        renewed = admin.patch(f"/users/{service['id']}", {"regenerateApiKey": True}).json()
        self.keys = [service["apiKey"], renewed["apiKey"]]
        callers.with_key(renewed["apiKey"])

    @property
    def secrets(self) -> list[str]:
        signature = self.token.rpartition(".")[2]
        return [*self.passwords, *self.keys, signature]


@pytest.fixture(scope="module")
def told(callers: Callers, nobody: Caller, stack: Stack) -> Told:
    told = Told(callers, nobody)
    with psycopg.connect(stack.database_url("audit")) as connection:
        query = "SELECT count(*) FROM known_users WHERE display_name = %s"
        soon(lambda: connection.execute(query, [told.name]).fetchone() == (2,))
    return told


def test_no_table_holds_one(stack: Stack, told: Told) -> None:
    with psycopg.connect(stack.database_url("postgres"), autocommit=True) as connection:
        tables = connection.execute(
            "SELECT schemaname, relname FROM pg_stat_user_tables WHERE schemaname = ANY(%s)", [list(OURS)]
        ).fetchall()
        found = set()
        for schema, table in tables:
            search = sql.SQL("SELECT count(*) FROM {} row WHERE row::text LIKE %s").format(
                sql.Identifier(schema, table)
            )
            for secret in [*told.secrets, told.name]:
                if connection.execute(search, [f"%{secret}%"]).fetchone() != (0,):
                    found.add((f"{schema}.{table}", secret))
    assert {table for table, secret in found if secret == told.name} >= {"auth.users", "auth.events", "cti.known_users"}
    assert {table for table, secret in found if secret != told.name} == set()


def test_no_file_holds_one(stack: Stack, told: Told) -> None:
    """Tables, write-ahead log, streams, Valkey, logs and configuration, byte by byte."""
    with psycopg.connect(stack.database_url("postgres"), autocommit=True) as connection:
        connection.execute("CHECKPOINT")
    found = {(place, what) for place, what in _found(stack.data, [*told.secrets, told.name])}
    assert {place for place, what in found if what == told.name} >= {"postgres", "nats"}
    assert {(place, what) for place, what in found if what != told.name} == set()


def _found(folder: Path, texts: list[str]) -> Iterator[tuple[str, str]]:
    """Which of the texts are in which part of the stack's data."""
    sought = {text: text.encode() for text in texts}
    for path in folder.rglob("*"):
        if path.is_file() and path.stat().st_size:
            with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
                for text, pattern in sought.items():
                    if content.find(pattern) >= 0:
                        yield path.relative_to(folder).parts[0], text


def test_who_signs_in_is_logged_by_id(stack: Stack, told: Told) -> None:
    lines = [json.loads(line) for line in stack.log("auth").splitlines() if line.startswith("{")]
    refused = [line for line in lines if line["message"] == "login.refused"]
    assert refused
    assert all(line["address"] for line in refused)
    assert any(line["message"] == "login.succeeded" for line in lines)


def test_a_stored_answer_gives_no_hint_of_the_password(stack: Stack, told: Told) -> None:
    """The fingerprint of a request is no plain hash of it: that could be guessed at a billion a second."""
    canonical = orjson.dumps(told.body, option=orjson.OPT_SORT_KEYS)
    plain = {hashlib.new(name, canonical).hexdigest() for name in ("md5", "sha1", "sha256", "sha512", "blake2b")}
    with psycopg.connect(stack.database_url("auth")) as connection:
        stored = {fingerprint for (fingerprint,) in connection.execute("SELECT fingerprint FROM idempotency_keys")}
    assert stored
    assert not stored & plain


def test_hashes_are_what_they_should_be(stack: Stack, told: Told) -> None:
    with psycopg.connect(stack.database_url("auth")) as connection:
        row = connection.execute("SELECT password_hash FROM users WHERE username = %s", [told.name]).fetchone()
        keys = {key for (key,) in connection.execute("SELECT api_key_hash FROM users WHERE api_key_hash IS NOT NULL")}
    assert row is not None
    assert row[0].startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert hashlib.sha256(told.keys[1].encode()).hexdigest() in keys
    assert hashlib.sha256(told.keys[0].encode()).hexdigest() not in keys
