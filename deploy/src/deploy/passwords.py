"""The passwords of one installation. Who asks for one says what it is for: `postgres tickets_app`, `nats audit`."""

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


class Passwords(Protocol):
    """One password a name, the same each time. Letters and digits only: it stands unquoted in URLs, files and SQL."""

    def __getitem__(self, name: str) -> str: ...


class Derived:
    """Passwords that follow from the secrets of the operator: nothing is kept, and nothing has to be invented."""

    def __init__(self, *secrets: str) -> None:
        self._from = "\0".join(secrets).encode()

    def __getitem__(self, name: str) -> str:
        kdf = HKDF(algorithm=SHA256(), length=24, salt=b"ticketing passwords", info=name.encode())
        return kdf.derive(self._from).hex()


def service_secrets(name: str, asks: tuple[str, ...], passwords: Passwords) -> Mapping[str, str]:
    """What a service knows its callers by, and what it shows to those it asks: variable -> secret."""
    return {f"{callee.upper()}_SERVICE_SECRET": passwords[f"service {callee}"] for callee in {name, *asks}}


def as_user(url: str, user: str, password: str) -> str:
    """The same address, for this user."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{user}:{password}@{place}").geturl()
