"""The API's operations as its own reference lists them, so that a test can ask something of every one."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REFERENCE = Path(__file__).resolve().parents[2] / "gateway" / "openapi.json"
UNKNOWN = "00000000-0000-7000-8000-00000000ffff"


@dataclass(frozen=True)
class Operation:
    """`roles` is empty where no credential is needed. `path` begins behind `/api`."""

    method: str
    path: str
    roles: frozenset[str]
    has_body: bool

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def names_something(self) -> bool:
        return "{" in self.path

    def at(self, **ids: str) -> str:
        """The path with these ids, and ids of nothing for the others."""
        path = self.path
        for name in ("id", "commentId"):
            path = path.replace(f"{{{name}}}", ids.get(name, UNKNOWN))
        return path


@cache
def operations() -> tuple[Operation, ...]:
    return tuple(_read())


def _read() -> Iterator[Operation]:
    for path, methods in json.loads(REFERENCE.read_text(encoding="utf-8"))["paths"].items():
        for method, operation in methods.items():
            yield Operation(
                method.upper(),
                path.removeprefix("/api"),
                frozenset(operation.get("x-roles", ())),
                "requestBody" in operation,
            )
