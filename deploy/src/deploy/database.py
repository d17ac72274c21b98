"""The database before the first migration: roles and schemas."""

import time

import psycopg
from psycopg.conninfo import conninfo_to_dict

from deploy import roles
from deploy.installation import DATABASE, Installation, Refused
from deploy.topology import SCHEMAS

PATIENCE_SECONDS = 120.0


def provision(installation: Installation) -> None:
    """Make roles and schemas what `deploy.roles` says, once the database answers."""
    with _connected(installation.database_url) as connection:
        connection.execute(roles.statements(SCHEMAS, installation.passwords))
        connection.commit()
        if installation.brings_postgres:
            # The databases that PostgreSQL brings are open to every role; ours have no business there.
            connection.execute("revoke all on database postgres, template1 from public")


def _connected(url: str) -> psycopg.Connection:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return psycopg.connect(url, connect_timeout=5)
        except psycopg.OperationalError as error:
            place = conninfo_to_dict(url)
            if time.monotonic() > deadline:
                raise Refused(
                    f"PostgreSQL at {place.get('host')} does not let {place.get('user')} into "
                    f"{place.get('dbname', DATABASE)}: {str(error).splitlines()[-1]}"
                ) from None
            time.sleep(0.5)
