"""What each image installs: the lines of requirements.lock that one part of the workspace needs, and no others."""

import re
import tomllib
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ("services/auth", "services/cti", "services/tickets", "services/audit", "services/scheduler", "deploy")
REFERENCE = "web/requirements.lock"
"""The script and style of the API reference, which the client's image serves."""

PYTHONS = ("3.11", "3.12", "3.13")


def main() -> None:
    for path, text in locks().items():
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))


def locks() -> dict[Path, str]:
    """Each lock and what it must say."""
    found = {ROOT / part / "requirements.lock": _lock(_needed(_of_workspace(ROOT / part))) for part in IMAGES}
    return found | {ROOT / REFERENCE: _lock({"fastapi-swagger"})}


def _of_workspace(part: Path) -> set[Requirement]:
    """What the part and the libraries of ours that it uses name as their dependencies."""
    named = tomllib.loads((part / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    found = set()
    for requirement in map(Requirement, named):
        library = ROOT / "libs" / requirement.name.removeprefix("ticketing-")
        found |= _of_workspace(library) if requirement.name.startswith("ticketing-") else {requirement}
    return found


def _needed(named: Iterable[Requirement]) -> set[str]:
    """Their names, and those of all that they need on Linux."""
    waiting, seen = list(named), set()
    while waiting:
        requirement = waiting.pop()
        for extra in ("", *requirement.extras):
            key = (canonicalize_name(requirement.name), extra)
            if key not in seen:
                seen.add(key)
                waiting += _needed_by(requirement.name, extra)
    return {name for name, _ in seen}


def _needed_by(name: str, extra: str) -> list[Requirement]:
    try:
        named = requires(name) or []
    except PackageNotFoundError:
        return []  # of another Python's alone
    return [each for each in map(Requirement, named) if _applies(each, extra)]


def _applies(requirement: Requirement, extra: str) -> bool:
    if requirement.marker is None:
        return extra == ""
    environment = {key: str(value) for key, value in default_environment().items()}
    for version in PYTHONS:
        of_version = {"python_version": version, "python_full_version": f"{version}.0", "extra": extra}
        if requirement.marker.evaluate(environment | of_version):
            return True
    return False


def _lock(names: set[str]) -> str:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.finditer(r"^([a-z0-9._-]+)==(?:.*\\\n)*.*\n", text, re.MULTILINE)
    lines = {entry.group(1): entry.group() for entry in entries}
    return "".join(lines[name] for name in sorted(names))


if __name__ == "__main__":
    main()
