"""Tokens: what they say, and that only the right secret's key signs them."""

import time
from uuid import UUID

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from auth.tokens import LIFETIME_SECONDS, SigningKey
from common.identity import AUDIENCE, ISSUER
from common.ids import new_id

SECRET = "one secret that is long enough to be one"
OTHER = "another secret that is long enough as well"


def verified(token: str, key: SigningKey) -> dict[str, object]:
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.public))
    claims: dict[str, object] = jwt.decode(token, public, algorithms=["EdDSA"], audience=AUDIENCE, issuer=ISSUER)
    return claims


def test_a_token_says_who_in_which_epoch_and_for_12_hours() -> None:
    key, user_id = SigningKey.derive(SECRET), new_id()
    claims = verified(key.sign(user_id, 7), key)
    assert (claims["sub"], claims["epoch"]) == (str(user_id), 7)
    assert claims["exp"] == claims["iat"] + LIFETIME_SECONDS  # type: ignore[operator]
    assert LIFETIME_SECONDS == 12 * 3600
    assert abs(time.time() - float(str(claims["iat"]))) < 5


def test_every_token_has_a_name_of_its_own() -> None:
    key = SigningKey.derive(SECRET)
    names = {UUID(str(verified(key.sign(new_id(), 0), key)["jti"])) for _ in range(100)}
    assert len(names) == 100


def test_a_token_says_nothing_else_about_its_user() -> None:
    key = SigningKey.derive(SECRET)
    claims = verified(key.sign(new_id(), 0), key)
    assert set(claims) == {"iss", "aud", "sub", "jti", "epoch", "iat", "nbf", "exp"}


def test_the_same_secret_makes_the_same_key_in_every_replica() -> None:
    one, other = SigningKey.derive(SECRET), SigningKey.derive(SECRET)
    assert (one.kid, one.public) == (other.kid, other.public)


def test_another_secret_makes_another_key() -> None:
    one, other = SigningKey.derive(SECRET), SigningKey.derive(OTHER)
    assert one.kid != other.kid
    with pytest.raises(jwt.InvalidSignatureError):
        verified(other.sign(new_id(), 0), one)


def test_the_token_names_the_key_that_signed_it() -> None:
    key = SigningKey.derive(SECRET)
    assert jwt.get_unverified_header(key.sign(new_id(), 0)) == {"alg": "EdDSA", "typ": "JWT", "kid": key.kid}


def test_neither_the_name_nor_the_public_half_shows_the_secret() -> None:
    key = SigningKey.derive(SECRET)
    assert SECRET not in f"{key.kid} {key.public}"
    assert key.private.private_bytes_raw() != SECRET.encode()[:32]
