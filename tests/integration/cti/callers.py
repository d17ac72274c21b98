"""Users that cti knows, and what they send."""

import time
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import jwt
import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.api_keys import api_key_check, hash_api_key
from common.ids import new_id

SIGNING_KEY = Ed25519PrivateKey.generate()


@dataclass(frozen=True)
class Caller:
    """One user's requests."""

    id: UUID
    client: httpx.AsyncClient
    headers: dict[str, str]

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=self.headers | headers)

    async def post(self, path: str, body: Any = None, **headers: str) -> httpx.Response:
        return await self.client.post(path, json=body, headers=self.headers | headers)

    async def put(self, path: str, body: Any) -> httpx.Response:
        return await self.client.put(path, json=body, headers=self.headers)

    async def delete(self, path: str) -> httpx.Response:
        return await self.client.delete(path, headers=self.headers)

    async def make(self, plural: str, name: str, **parent: str) -> str:
        """Create a node; its id."""
        answer = await self.post(f"/api/cti/{plural}", {"name": name, **parent})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def names(self, path: str) -> list[str]:
        return [row["name"] for row in (await self.get(path)).json()]


def know_signing_key(connection: psycopg.Connection[Any]) -> None:
    public_key = SIGNING_KEY.public_key().public_bytes_raw().hex()
    connection.execute("INSERT INTO known_keys VALUES ('test', %s, false, 1)", [public_key])


def known_caller(client: httpx.AsyncClient, connection: psycopg.Connection[Any], role: str) -> Caller:
    user_id = new_id()
    key_hash = None
    if role == "SERVICE":
        api_key, key_hash = _api_key()
        headers = {"X-Api-Key": api_key}
    else:
        headers = {"Authorization": f"Bearer {_token(user_id)}"}
    connection.execute(
        "INSERT INTO known_users VALUES (%s, %s, %s, %s, %s, false, 1, %s, false, 1)",
        [user_id, role.lower(), role.title(), f"{role}@example.org", role, key_hash],
    )
    return Caller(user_id, client, headers)


def _token(user_id: UUID) -> str:
    now = int(time.time())
    claims = {"iss": "ticketing", "aud": "ticketing-api", "iat": now, "exp": now + 3600, "epoch": 1}
    return jwt.encode(
        claims | {"sub": str(user_id), "jti": str(uuid4())}, SIGNING_KEY, algorithm="EdDSA", headers={"kid": "test"}
    )


def _api_key() -> tuple[str, str]:
    secret = "A" * 43
    api_key = f"sk_{secret}{api_key_check(secret)}"
    return api_key, hash_api_key(api_key)
