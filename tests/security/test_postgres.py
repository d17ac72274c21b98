"""What a service's roles may do in PostgreSQL: read and write its own rows, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.errors import InsufficientPrivilege

from support.stack import System

SERVICES = ("auth", "tickets", "cti", "audit")
OWN_TABLE = {"auth": "users", "tickets": "tickets", "cti": "nodes", "audit": "entries"}

FORBIDDEN = {
    "create a table": "CREATE TABLE {schema}.mine (id int)",
    "create a table in public": "CREATE TABLE public.mine (id int)",
    "create a temporary table": "CREATE TEMP TABLE mine (id int)",
    "create a schema": "CREATE SCHEMA mine",
    "create a function": "CREATE FUNCTION {schema}.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "create an extension": "CREATE EXTENSION file_fdw",
    "create a role": "CREATE ROLE mine",
    "create a database": "CREATE DATABASE mine",
    "drop its table": "DROP TABLE {schema}.{table}",
    "alter its table": "ALTER TABLE {schema}.{table} ADD COLUMN mine int",
    "empty its table": "TRUNCATE {schema}.{table}",
    "drop its schema": "DROP SCHEMA {schema} CASCADE",
    "switch triggers off": "SET session_replication_role = replica",
    "become the owner": "SET ROLE {schema}_owner",
    "become the superuser": "SET ROLE postgres",
    "make itself superuser": "ALTER ROLE {schema}_app SUPERUSER",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "write a file": "COPY (SELECT 1) TO '/dev/null'",
    "read a file": "SELECT pg_read_file('postgresql.conf')",
    "read passwords": "SELECT * FROM pg_authid",
    "change the server": "ALTER SYSTEM SET fsync = off",
}


@contextmanager
def connected(stack: System, service: str, role: str = "app") -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(stack.database_url(service, role), autocommit=True) as connection:
        yield connection


def tables(stack: System, schema: str) -> list[str]:
    with psycopg.connect(stack.database_url("postgres")) as connection:
        found = connection.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind IN ('r', 'v')", [schema]
        )
        return [name for (name,) in found]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", ["app", "owner"])
def test_nothing_of_another_service_is_in_reach(stack: System, service: str, role: str) -> None:
    with connected(stack, service, role) as connection:
        for other in set(SERVICES) - {service}:
            names = tables(stack, other)
            assert len(names) >= 5
            for name in names:
                table = sql.Identifier(other, name)
                for attempt in ("SELECT FROM {}", "DELETE FROM {}", "INSERT INTO {} DEFAULT VALUES", "DROP TABLE {}"):
                    with pytest.raises(InsufficientPrivilege):
                        connection.execute(sql.SQL(attempt).format(table))


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("attempt", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_the_serving_role_may_not(stack: System, service: str, attempt: str) -> None:
    statement = sql.SQL(attempt.format(schema=service, table=OWN_TABLE[service]))
    with connected(stack, service) as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(statement)


@pytest.mark.parametrize("service", SERVICES)
def test_the_serving_role_reads_and_owns_nothing(stack: System, service: str) -> None:
    with connected(stack, service) as connection:
        for name in tables(stack, service):
            connection.execute(sql.SQL("SELECT FROM {} LIMIT 1").format(sql.Identifier(service, name)))
        owned = connection.execute("SELECT count(*) FROM pg_class WHERE relowner = current_user::regrole").fetchone()
        assert owned == (0,)


@pytest.mark.parametrize(
    "attempt",
    [
        "UPDATE entries SET detail = 'something else'",
        "DELETE FROM entries",
        "TRUNCATE entries",
        "UPDATE purged_tickets SET display_id = 'V000000000'",
        "DELETE FROM purged_tickets",
        "DELETE FROM ticket_heads",
    ],
)
def test_what_was_recorded_stays(stack: System, attempt: str) -> None:
    with connected(stack, "audit") as connection, pytest.raises(InsufficientPrivilege):
        connection.execute(attempt)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("role", ["app", "owner"])
def test_its_options_are_the_least(stack: System, service: str, role: str) -> None:
    with connected(stack, service, role) as connection:
        options = connection.execute(
            """SELECT rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls, rolconnlimit
               FROM pg_roles WHERE rolname = current_user"""
        ).fetchone()
        assert options == (False, False, False, False, False, False, 60)
        member = connection.execute("SELECT count(*) FROM pg_auth_members WHERE member = current_user::regrole")
        assert member.fetchone() == (0,)


@pytest.mark.parametrize("service", SERVICES)
def test_nothing_it_asks_takes_for_ever(stack: System, service: str) -> None:
    with connected(stack, service) as connection:
        for name, value in (
            ("statement_timeout", "5s"),
            ("lock_timeout", "2s"),
            ("idle_in_transaction_session_timeout", "10s"),
        ):
            assert connection.execute("SELECT current_setting(%s)", [name]).fetchone() == (value,)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("database", ["postgres", "template1"])
def test_it_has_no_other_database(stack: System, service: str, database: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(stack.database_url(service).replace("/ticketing", f"/{database}")).close()


def test_a_role_needs_its_password(stack: System) -> None:
    good = stack.database_url("tickets")
    secret = good.split("@")[0].rsplit(":", 1)[1]
    for wrong in ("", "tickets_app", secret[:-1]):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(good.replace(secret, wrong)).close()
