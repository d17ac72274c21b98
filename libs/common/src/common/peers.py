"""One service asking another: a short-lived token the callee can check, a short patience, and no guessing.

auth = Peer("auth", "http://auth:8000", secret, caller="tickets")
user = await auth.get(f"/internal/users/{id}")          # the JSON, or None where the owner says 404
"""

import time
from typing import Any
from urllib.parse import quote

import httpx
import jwt
from starlette.requests import Request

from common import logs
from common.problems import Unauthenticated, Unavailable

TOKEN_SECONDS = 60
PATIENCE_SECONDS = 1.0


class Peer:
    """Another service. `Unavailable` where it does not answer in time, after one retry."""

    def __init__(self, name: str, url: str, secret: str, *, caller: str) -> None:
        self.name = name
        self._secret = secret
        self._caller = caller
        self._client = httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS)

    async def get(self, path: str, *, patience: float = PATIENCE_SECONDS) -> Any | None:
        response = await self._send("GET", path, patience=patience)
        return None if response.status_code == 404 else response.json()

    async def post(self, path: str, *, patience: float = PATIENCE_SECONDS) -> Any:
        return (await self._send("POST", path, patience=patience)).json()

    async def close(self) -> None:
        await self._client.aclose()

    async def _send(self, method: str, path: str, *, patience: float) -> httpx.Response:
        failure: Exception | None = None
        for _ in range(2):
            try:
                response = await self._client.request(
                    method, quote(path, safe="/?=&%"), headers=self._headers(), timeout=patience
                )
            except httpx.TransportError as error:
                failure = error
                continue
            if response.status_code in {200, 404}:
                return response
            failure = RuntimeError(f"{self.name} answered {response.status_code}")
        raise Unavailable(
            f"The {self.name} service does not answer at the moment. Nothing was changed; try again."
        ) from (failure)

    def _headers(self) -> dict[str, str]:
        token = service_token(self._secret, caller=self._caller, callee=self.name)
        return {"Authorization": f"Bearer {token}", **logs.headers()}


def service_token(secret: str, *, caller: str, callee: str) -> str:
    """A token with which `caller` may ask `callee` for one minute."""
    issued = int(time.time())
    claims = {"iss": caller, "aud": callee, "iat": issued, "exp": issued + TOKEN_SECONDS}
    return jwt.encode(claims, secret, algorithm="HS256")


def check_service_token(request: Request, secret: str, *, callee: str) -> str:
    """The name of the service that asks. `Unauthenticated` where the token is not one for `callee`."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret:
        raise Unauthenticated("This address answers only the other services.")
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=callee,
            options={"require": ["iss", "aud", "iat", "exp"]},
        )
    except jwt.InvalidTokenError:
        raise Unauthenticated("This address answers only the other services.") from None
    return str(claims["iss"])
