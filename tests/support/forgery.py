"""Tokens as an attacker, a clock or an old backup would make them; some with the stack's own key."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any
from uuid import uuid4

import jwt

from auth.tokens import LIFETIME_SECONDS, SigningKey
from common.identity import AUDIENCE, ISSUER
from support.stack import System


class Forger:
    """Signs with the key of `stack`: what is refused is refused for what it says, not for its signature."""

    def __init__(self, stack: System) -> None:
        self.key = SigningKey.derive(stack.environment("auth")["JWT_SECRET"])

    def token(self, user_id: str, epoch: int, /, **changes: Any) -> str:
        """A good token, but for the claims in `changes`; None leaves one out."""
        return self._signed(self.claims(user_id, epoch, **changes), self.key)

    @staticmethod
    def claims(user_id: str, epoch: int, /, **changes: Any) -> dict[str, Any]:
        now = int(time.time())
        good = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user_id,
            "jti": str(uuid4()),
            "epoch": epoch,
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME_SECONDS,
        }
        return {name: value for name, value in (good | changes).items() if value is not None}

    def by_another_key(self, user_id: str, epoch: int, *, kid: str | None = None) -> str:
        """Signed with a key of the attacker's that claims to be ours, or to be `kid`."""
        other = SigningKey.derive("not the secret of this stack, but as long as one")
        return self._signed(self.claims(user_id, epoch), other, kid=kid or self.key.kid)

    def by_nobody(self, user_id: str, epoch: int, *, algorithm: str = "none") -> str:
        header = {"alg": algorithm, "typ": "JWT", "kid": self.key.kid}
        return f"{_part(header)}.{_part(self.claims(user_id, epoch))}."

    def with_the_public_key_as_secret(self, user_id: str, epoch: int, *, secret: bytes | None = None) -> str:
        """HS256 with what everybody may know: the classic confusion of algorithms."""
        header = {"alg": "HS256", "typ": "JWT", "kid": self.key.kid}
        signed = f"{_part(header)}.{_part(self.claims(user_id, epoch))}"
        secret = bytes.fromhex(self.key.public) if secret is None else secret
        return f"{signed}.{_text(hmac.digest(secret, signed.encode(), hashlib.sha256))}"

    def altered(self, user_id: str, epoch: int, /, **changes: Any) -> str:
        """A good token whose payload was changed after it was signed."""
        header, _, signature = self.token(user_id, epoch).split(".")
        return f"{header}.{_part(self.claims(user_id, epoch, **changes))}.{signature}"

    @staticmethod
    def _signed(claims: dict[str, Any], key: SigningKey, *, kid: str | None = None) -> str:
        return jwt.encode(claims, key.private, algorithm="EdDSA", headers={"kid": kid or key.kid})


def _part(content: dict[str, Any]) -> str:
    return _text(json.dumps(content).encode())


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
