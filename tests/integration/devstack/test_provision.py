"""A PostgreSQL of the operator's own needs no superuser: its database's owner with CREATEROLE makes the rest."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from deploy.topology import SCHEMAS
from devstack import postgres
from devstack.layout import Layout
from devstack.secrets import Secrets
from devstack.settings import Settings
from support.servers import Postgres


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    """Provisioned by such a role."""
    server = Postgres(tmp_path_factory.mktemp("postgres"))
    server.start()
    with psycopg.connect(server.url, autocommit=True) as superuser:
        superuser.execute("CREATE ROLE operator LOGIN CREATEROLE PASSWORD 'pw'")
        superuser.execute("CREATE DATABASE helpdesk OWNER operator")
    data: Path = tmp_path_factory.mktemp("data")
    settings = Settings(data=data, port=0, database_url=f"postgresql://operator:pw@127.0.0.1:{server.port}/helpdesk")
    layout = Layout(settings, Secrets(data / "secrets.json"), ports={}, replicas={})
    try:
        postgres.provision(layout, SCHEMAS)
        yield layout
    finally:
        server.stop()


def test_each_service_has_a_schema_to_work_in(layout: Layout) -> None:
    for service in SCHEMAS:
        with psycopg.connect(layout.database_url(f"{service}_owner")) as owner:
            owner.execute("CREATE TABLE things (words text)")
            owner.execute("CREATE INDEX ON things USING gin (words gin_trgm_ops)")
        with psycopg.connect(layout.database_url(f"{service}_app")) as app:
            app.execute("INSERT INTO things VALUES ('hers')")
            row = app.execute("SELECT current_schema(), words FROM things").fetchone()
        assert row == (service, "hers")


def test_a_second_time_changes_nothing(layout: Layout) -> None:
    with psycopg.connect(layout.admin_url(), autocommit=True) as operator:
        operator.execute("COMMENT ON DATABASE helpdesk IS NULL")
    assert postgres.provision(layout, SCHEMAS)["provisioned"]


def test_the_operator_does_not_stay_a_member(layout: Layout) -> None:
    with psycopg.connect(layout.admin_url()) as operator, pytest.raises(InsufficientPrivilege):
        operator.execute("SELECT * FROM tickets.things")


def test_the_roles_may_log_in_and_no_more(layout: Layout) -> None:
    with psycopg.connect(layout.admin_url()) as operator:
        rows = operator.execute(
            """
            SELECT rolcanlogin, rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls, rolinherit
            FROM pg_roles WHERE rolname = ANY(%s)
            """,
            [[f"{service}_{kind}" for service in SCHEMAS for kind in ("app", "owner")]],
        ).fetchall()
    assert rows == [(True, False, False)] * 2 * len(SCHEMAS)
