"""Many tickets at once, put into the database as they are: nobody is told of them, so nothing but a list knows them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg

from support.stack import System


@contextmanager
def copies(
    stack: System, pattern: dict[str, Any], count: int, changed: Mapping[str, str], *, words: str | None = None
) -> Iterator[None]:
    """`count` copies of a ticket. `changed` gives columns as SQL (`%%` is a `%`), in which `n` counts from 1.

    `words`: what a search finds them by, as SQL; left out, it does not.
    """
    with psycopg.connect(stack.database_url("tickets", "owner"), autocommit=True) as database:
        database.execute("SET search_path TO tickets, public")
        columns = [column.name for column in database.execute("SELECT * FROM tickets LIMIT 0").description or ()]
        new = {"id": "gen_random_uuid()", "display_id": "'V' || lpad((n + 100000)::text, 9, '0')", **changed}
        database.execute(
            f"INSERT INTO tickets ({', '.join(columns)}) SELECT {', '.join(new.get(name, name) for name in columns)}"
            " FROM tickets, generate_series(1, %s) n WHERE id = %s",
            (count, pattern["id"]),
        )
        if words is not None:
            database.execute(
                f"INSERT INTO search (ticket_id, words) SELECT id, {words} FROM tickets"
                " WHERE category_id = %s AND id <> %s",
                (pattern["categoryId"], pattern["id"]),
            )
        database.execute("VACUUM ANALYZE tickets, search")
        yield
        database.execute(
            "DELETE FROM tickets WHERE category_id = %s AND id <> %s", (pattern["categoryId"], pattern["id"])
        )
