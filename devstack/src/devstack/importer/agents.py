"""The people an incident log assigns to, as agents of the ticketing system."""

import hashlib
import re
import secrets
from collections.abc import Iterable

from devstack.catalog import Person


def agents(names: Iterable[str]) -> dict[str, Person]:
    """An agent per name: `Resolver 89` is `resolver-89`. Nobody is told the passwords; an admin can set others."""
    people: dict[str, Person] = {}
    taken: set[str] = set()
    for name in dict.fromkeys(names):
        username = _username(name)
        if username in taken:  # `Ann B` and `ann-b` are two people
            username = f"{username}-{_digest(name)}"
        taken.add(username)
        people[name] = Person(
            username=username,
            display_name=name,
            email=f"{username}@resolvers.example",
            role="AGENT",
            password=secrets.token_urlsafe(24),
        )
    return people


def _username(name: str) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return words or f"agent-{_digest(name)}"


def _digest(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]
