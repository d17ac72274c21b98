"""Write each service's OpenAPI document and the merged one that the gateway serves; `--check` only compares."""

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import orjson

from common.openapi import merge

ROOT = Path(__file__).resolve().parent.parent
SERVICES = ("auth", "tickets", "audit", "cti")


def documents() -> dict[Path, bytes]:
    """Every file that is generated from the code, and what it must hold."""
    found: dict[str, dict[str, Any]] = {name: import_module(f"{name}.main").service.openapi() for name in SERVICES}
    files = {ROOT / "services" / name / "openapi.json": document for name, document in found.items()}
    files[ROOT / "gateway" / "openapi.json"] = merge(
        list(found.values()),
        title="Ticketing",
        description="Tickets routed by category, type and item. Every error is `application/problem+json`.",
    )
    return {path: render(document) for path, document in files.items()}


def render(document: dict[str, Any]) -> bytes:
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"


def main(arguments: list[str]) -> int:
    stale = [path for path, body in documents().items() if not path.exists() or path.read_bytes() != body]
    for path in stale:
        name = path.relative_to(ROOT)
        if "--check" in arguments:
            print(f"{name} does not show what the code answers: make openapi")
        else:
            path.write_bytes(documents()[path])
            print(f"{name} written")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
