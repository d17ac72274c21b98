"""Whether a test's stack is containers: with STACK=docker, in the rooms that know the system by its addresses alone."""

import os
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]

BY_ADDRESS = ("contract", "e2e/web", "security")

EMBEDDED = {
    "contract/test_auth.py": "limits are by address, and callers of containers share one; a process is timed",
    "security/test_secrets.py": "it reads every file that the system wrote",
}
"""Of those rooms the files that ask for more, and what it is. `production`, a second stack, is embedded everywhere."""


def wants_containers() -> bool:
    match os.environ.get("STACK") or "embedded":
        case "docker":
            return True
        case "embedded":
            return False
        case other:
            raise ValueError(f"STACK is docker or embedded, and not {other}")


def place_of(file: Path) -> str | None:
    """With STACK=docker: what a test file's stack is. None in rooms that make one of their own."""
    name = file.relative_to(TESTS).as_posix()
    if not any(name.startswith(f"{room}/") for room in BY_ADDRESS):
        return None
    return "embedded" if name in EMBEDDED else "docker"
