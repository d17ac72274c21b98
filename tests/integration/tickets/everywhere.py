"""Looking for a word in everything that the system keeps."""

import psycopg
from psycopg import sql

from contracts.streams import EVENTS, IDENTITY, NODES, REVOKED
from devstack.stack import Stack
from support.bus import outsider

_TABLES = """
    SELECT n.nspname, c.relname, coalesce(array_agg(a.attname) FILTER (WHERE a.atttypid = 'bytea'::regtype), '{}')
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind IN ('r', 'p', 'm') AND a.attnum > 0 AND NOT a.attisdropped
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
    GROUP BY 1, 2
"""


def tables_with(stack: Stack, word: str) -> list[str]:
    """Every table of every schema with a row in which `word` is, whatever the columns' types."""
    found = []
    with psycopg.connect(stack.database_url("postgres")) as connection:
        tables = connection.execute(_TABLES).fetchall()
        assert {schema for schema, _, _ in tables} >= {"auth", "cti", "tickets", "audit"}
        for schema, table, binaries in tables:
            # A row as text shows all of its columns; bytes are shown in hexadecimal.
            places: list[sql.Composable] = [sql.SQL("strpos(lower(row_::text), %(word)s) > 0")]
            places += [
                sql.SQL("strpos(encode({}, 'escape'), %(word)s) > 0").format(sql.Identifier(each)) for each in binaries
            ]
            statement = sql.SQL("SELECT EXISTS (SELECT FROM {} AS row_ WHERE {})").format(
                sql.Identifier(schema, table), sql.SQL(" OR ").join(places)
            )
            row = connection.execute(statement, {"word": word}).fetchone()
            if row == (True,):
                found.append(f"{schema}.{table}")
    return sorted(found)


async def streams_with(stack: Stack, word: str) -> list[str]:
    """Every stream with a message in which `word` is."""
    async with outsider(stack.nats_url()) as operator:
        return [
            stream.name
            for stream in (EVENTS, IDENTITY, NODES, REVOKED)
            if any(word.encode() in message.body for message in await operator.messages(stream))
        ]
