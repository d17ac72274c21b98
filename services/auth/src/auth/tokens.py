"""Access tokens: EdDSA, signed with a key derived from JWT_SECRET, verified by every service with its public half."""

import hashlib
import time
from dataclasses import dataclass
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from common.identity import AUDIENCE, ISSUER
from common.ids import new_id

LIFETIME_SECONDS = 12 * 60 * 60


@dataclass(frozen=True)
class SigningKey:
    """The key that this JWT_SECRET makes. `kid` names its public half."""

    private: Ed25519PrivateKey
    public: str
    kid: str

    @classmethod
    def derive(cls, secret: str) -> "SigningKey":
        seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"ticketing access tokens").derive(secret.encode())
        private = Ed25519PrivateKey.from_private_bytes(seed)
        public = private.public_key().public_bytes_raw()
        return cls(private, public.hex(), hashlib.sha256(public).hexdigest()[:16])

    def sign(self, user_id: UUID, epoch: int) -> str:
        """A token with which `user_id` is known for 12 hours, unless their epoch moves on."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": str(user_id),
            "jti": str(new_id()),
            "epoch": epoch,
            "iat": now,
            "nbf": now,
            "exp": now + LIFETIME_SECONDS,
        }
        return jwt.encode(claims, self.private, algorithm="EdDSA", headers={"kid": self.kid})
