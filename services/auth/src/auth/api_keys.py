"""API keys of service accounts: shown once, kept as a hash."""

import secrets

from common.api_keys import BASE62, KEY_PREFIX, api_key_check, hash_api_key

SECRET_LENGTH = 43


def mint() -> tuple[str, str]:
    """A new key, and the hash to keep of it."""
    secret = "".join(secrets.choice(BASE62) for _ in range(SECRET_LENGTH))
    key = f"{KEY_PREFIX}{secret}{api_key_check(secret)}"
    return key, hash_api_key(key)
