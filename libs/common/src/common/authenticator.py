"""Turn the credential of a request into the caller.

    authenticator = Authenticator(KnownUsers(database, auth), KnownKeys(database, auth), client_origin=..., ...)
    identity = await authenticator.identify(request)

Role, deletion and token epoch come from `known_users`, not from the token: a demotion bites on the next request.
"""

import time
from collections import OrderedDict
from typing import Literal
from uuid import UUID

import jwt
from starlette.requests import Request

from common.api_keys import hash_api_key, is_api_key
from common.identity import AUDIENCE, ISSUER, Claims, Identity, Role
from common.known_keys import KnownKeys
from common.known_users import KnownUsers
from common.problems import Forbidden, Unauthenticated

CLOCK_SKEW_SECONDS = 5
"""How far the clocks of two hosts may be apart: a token is good at once wherever it is shown."""


class ForeignOrigin(Forbidden):
    """A browser session may change things only from the address it was opened at."""

    code = "foreign_origin"


class PasswordChangeRequired(Forbidden):
    """The password was set for you. Change it with POST /api/auth/password; until then nothing else opens."""

    code = "password_change_required"


class Authenticator:
    """Turns the credential of a request into the caller, or says 401."""

    def __init__(
        self,
        users: KnownUsers,
        keys: KnownKeys,
        *,
        client_origin: str,
        secure_cookies: bool,
        enforces_password_change: bool,
    ) -> None:
        self.users = users
        self.keys = keys
        self.cookie = cookie_name(secure=secure_cookies)
        self._client_origin = client_origin
        self._enforces_password_change = enforces_password_change
        self._verified: OrderedDict[str, tuple[str, Claims]] = OrderedDict()

    async def identify(self, request: Request, *, may_owe_password_change: bool = False) -> Identity:
        authorization = request.headers.get("authorization")
        api_key = request.headers.get("x-api-key")
        if authorization is not None and api_key is not None:
            raise Unauthenticated("Send either Authorization or X-Api-Key, not both.")
        if authorization is not None:
            identity = await self._by_token(_bearer(authorization), "token")
        elif api_key is not None:
            identity = await self._by_key(api_key)
        else:
            token = request.cookies.get(self.cookie)
            if token is None:
                raise Unauthenticated
            identity = await self._by_token(token, "cookie")
            self._refuse_foreign_origin(request)
        if identity.user.must_change_password and self._enforces_password_change and not may_owe_password_change:
            raise PasswordChangeRequired
        return identity

    def forget_tokens(self) -> None:
        """A signing key was retired: verify every token anew."""
        self._verified.clear()
        self.keys.forget()

    async def _by_token(self, token: str, credential: Literal["token", "cookie"]) -> Identity:
        claims = await self._claims(token)
        # Who has just changed the password comes with a token that this service may not have heard of yet.
        user = await self.users.by_id(claims.user_id, epoch=claims.epoch)
        if (
            user is None
            or user.deleted
            or user.role == Role.SERVICE
            or user.token_epoch != claims.epoch
            or claims.jti in user.revoked
        ):
            raise Unauthenticated("This session has ended. Sign in again.")
        return Identity(user, credential, claims)

    async def _claims(self, token: str) -> Claims:
        cached = self._verified.get(token)
        if cached is not None:
            kid, claims = cached
            if claims.expires_at > time.time() and await self.keys.get(kid) is not None:
                return claims
            self._verified.pop(token, None)  # another request may have been quicker
        kid, claims = await self._verify(token)
        self._verified[token] = (kid, claims)
        if len(self._verified) > 5_000:
            self._verified.popitem(last=False)
        return claims

    async def _verify(self, token: str) -> tuple[str, Claims]:
        try:
            kid = jwt.get_unverified_header(token).get("kid")
            key = await self.keys.get(kid) if isinstance(kid, str) else None
            if key is None or not isinstance(kid, str):
                raise Unauthenticated("This token was not signed by this system.")
            claims = jwt.decode(
                token,
                key,
                algorithms=["EdDSA"],
                issuer=ISSUER,
                audience=AUDIENCE,
                leeway=CLOCK_SKEW_SECONDS,
                options={"require": ["iss", "aud", "sub", "jti", "iat", "exp", "epoch"]},
            )
            return kid, Claims(UUID(claims["sub"]), UUID(claims["jti"]), int(claims["epoch"]), int(claims["exp"]))
        except (jwt.InvalidTokenError, ValueError, TypeError):
            raise Unauthenticated("This token is not valid, or no longer. Sign in again.") from None

    async def _by_key(self, api_key: str) -> Identity:
        if not is_api_key(api_key):
            raise Unauthenticated("This API key is not valid.")
        user = await self.users.by_key(hash_api_key(api_key))
        if user is None or user.deleted or user.role != Role.SERVICE:
            raise Unauthenticated("This API key is not valid, or no longer.")
        return Identity(user, "key")

    def _refuse_foreign_origin(self, request: Request) -> None:
        if request.method in {"GET", "HEAD", "OPTIONS"}:
            return
        origin = request.headers.get("origin")
        if origin is None:
            raise ForeignOrigin
        if origin != self._client_origin and origin.partition("://")[2] != request.headers.get("host"):
            raise ForeignOrigin


def _bearer(header: str) -> str:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated("The Authorization header must read: Bearer <token>.")
    return token.strip()


def cookie_name(*, secure: bool) -> str:
    return "__Host-session" if secure else "session"
