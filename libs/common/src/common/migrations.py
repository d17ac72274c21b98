"""Alembic, one way for every service: its own schema, its own version table, one migrating process at a time.

upgrade(url, schema="tickets", versions=Path(".../migrations/versions"))    # the revisions that were applied
"""

import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.pool import NullPool

LOCK_TIMEOUT = "4s"

log = logging.getLogger(__name__)


def upgrade(url: str, *, schema: str, versions: Path) -> list[str]:
    """Bring the schema to the newest revision; a schema that is there already costs one query.

    One of a newer release is left as it is: its migrations let the release before it go on (ADR 0010), so that a team
    may go back to it.
    """
    script = _script(versions)
    applied: list[str] = []

    known = {each.revision for each in script.walk_revisions()}

    def steps(revision: Any, _context: Any) -> Any:
        if newer := set(revision) - known:
            log.warning("the schema %s is of a newer release (%s) and is left as it is", schema, ", ".join(newer))
            return []
        found = script._upgrade_revs("head", revision)  # noqa: SLF001  what alembic's own upgrade command calls
        applied.extend(step.revision.revision for step in found)
        return found

    _run(url, schema, script, steps)
    return applied


def _script(versions: Path) -> ScriptDirectory:
    return ScriptDirectory(str(versions.parent), version_locations=[str(versions)])


def _run(url: str, schema: str, script: ScriptDirectory, steps: Callable[[Any, Any], Any]) -> None:
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        connect_args={"options": f"-c search_path={schema},public -c lock_timeout={LOCK_TIMEOUT}"},
    )
    with engine.connect() as connection:
        _one_at_a_time(connection, schema)
        environment = EnvironmentContext(Config(), script, fn=steps)
        with environment:
            environment.configure(connection=connection, version_table="schema_version", version_table_schema=schema)
            with environment.begin_transaction():
                environment.run_migrations()
        connection.commit()
    engine.dispose()


def _one_at_a_time(connection: Connection, schema: str) -> None:
    """Held until the connection closes. Waiting for it is not waiting for a table, so lock_timeout is lifted for it."""
    connection.execute(text("SET lock_timeout = '60s'"))
    connection.execute(text("SELECT pg_advisory_lock(hashtext(:name))"), {"name": f"migrate {schema}"})
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.commit()
