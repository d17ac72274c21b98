"""Migrating: to the newest revision, again without effect, and not back from where a newer release went."""

from pathlib import Path

import psycopg
import pytest

from common.migrations import upgrade
from support.servers import Postgres

REVISION = """
from alembic import op

revision = "{number}"
down_revision = {before}


def upgrade() -> None:
    op.execute("CREATE TABLE of_{number} (id int)")
"""


@pytest.fixture
def database(postgres: Postgres) -> str:
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA IF EXISTS things CASCADE")
        connection.execute("CREATE SCHEMA things")
    return postgres.url


def versions(folder: Path, *numbers: str) -> Path:
    """A release with these revisions."""
    place = folder / f"release-{numbers[-1]}" / "versions"
    place.mkdir(parents=True)
    for before, number in zip((None, *numbers), numbers, strict=False):
        (place / f"{number}_step.py").write_text(REVISION.format(number=number, before=repr(before)))
    return place


def test_a_release_goes_to_its_newest_revision_once(database: str, tmp_path: Path) -> None:
    release = versions(tmp_path, "0001", "0002")
    assert upgrade(database, schema="things", versions=release) == ["0001", "0002"]
    assert upgrade(database, schema="things", versions=release) == []


def test_the_release_before_leaves_a_newer_schema_as_it_is_and_says_so(
    database: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    older, newer = versions(tmp_path, "0001"), versions(tmp_path, "0001", "0002")
    assert upgrade(database, schema="things", versions=newer) == ["0001", "0002"]
    assert upgrade(database, schema="things", versions=older) == []
    assert "things is of a newer release (0002)" in caplog.text
    with psycopg.connect(database) as connection:
        found = connection.execute("SELECT to_regclass('things.of_0002'), version_num FROM things.schema_version")
        assert found.fetchall() == [("things.of_0002", "0002")]
