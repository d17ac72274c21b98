"""The form of an API key: `sk_`, 43 random characters, 6 of CRC-32; and the hash that is kept of it."""

import hashlib
import zlib

KEY_PREFIX = "sk_"
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def hash_api_key(api_key: str) -> str:
    """SHA-256 in hex: a key has 256 random bits, so nothing slower is needed."""
    return hashlib.sha256(api_key.encode()).hexdigest()


def is_api_key(text: str) -> bool:
    """Whether `text` has the form of a key and its check digits are right: `sk_`, 43 characters, 6 of CRC-32."""
    if len(text) != 52 or not text.startswith(KEY_PREFIX) or not text.isascii():
        return False
    return api_key_check(text[3:46]) == text[46:]


def api_key_check(secret: str) -> str:
    """The six check characters of a key: its CRC-32 in base 62."""
    value = zlib.crc32(secret.encode())
    digits = ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        digits = BASE62[digit] + digits
    return digits
