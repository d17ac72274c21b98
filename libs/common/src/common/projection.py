"""Read models: what a service has heard from another, and how it keeps it.

    keep_user = upsert_if_newer(known_users)

    async def on_user(tx: Transaction, event: UserChanged) -> None:
        await tx.execute(keep_user, id=event.data.id, username=..., version=event.version)

A row is replaced only by a newer version of itself, so events may come twice and in any order. A deletion is a row
that says so (a tombstone): removing the row would let a late event bring it back.
"""

from sqlalchemy import Table
from sqlalchemy.dialects.postgresql import insert

from common.database import Query, query


def upsert_if_newer(table: Table) -> Query:
    """A statement that takes every column of `table` and writes the row unless it has that version or a later one."""
    fresh = insert(table)
    key = [column.name for column in table.primary_key.columns]
    return query(
        fresh.on_conflict_do_update(
            index_elements=key,
            set_={column.name: fresh.excluded[column.name] for column in table.columns if column.name not in key},
            where=table.c.version < fresh.excluded.version,
        )
    )
