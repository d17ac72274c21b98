"""PostgreSQL, one way: SQLAlchemy Core states the query, psycopg runs it prepared.

    by_id = query(select(tickets.c.title).where(tickets.c.id == bindparam("id")))

    async with database.read() as reader:
        row = await reader.first(by_id, id=ticket_id)       # row.title, or None

    async with database.transaction() as tx:                # commits on leaving, rolls back on an exception
        await tx.execute(rename, id=ticket_id, title="...")

A statement is compiled once, when its module is imported; on each connection the server plans it once
(`docs/adr/0009-sql-reads.md`). A `Reader` has no method that writes.
"""

import select
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, LiteralString, TypeVar

import orjson
from psycopg import AsyncConnection, AsyncServerCursor, OperationalError
from psycopg.rows import namedtuple_row
from psycopg_pool import AsyncConnectionPool, PoolTimeout
from sqlalchemy import MetaData
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.sql import ClauseElement

from common.problems import Unavailable

_DIALECT = PGDialect_psycopg(paramstyle="pyformat")  # type: ignore[no-untyped-call]  # SQLAlchemy ships it untyped

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

Row = Any  # a named tuple whose fields are the statement's columns


def schema_metadata() -> MetaData:
    """The metadata of one service's tables. Which schema they live in is the connection's search_path."""
    return MetaData(naming_convention=NAMING)


class Query:
    """A statement compiled once. Build it with `query()`."""

    __slots__ = ("defaults", "prepare", "sql")

    def __init__(self, sql: str, defaults: Mapping[str, Any], *, prepare: bool) -> None:
        self.prepare = prepare
        self.sql: LiteralString = sql  # composed by SQLAlchemy, or written in our code
        self.defaults = dict(defaults)

    def bind(self, params: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**self.defaults, **params} if self.defaults else params


def query(statement: ClauseElement | str, *, prepare: bool = True) -> Query:
    """Compile a SQLAlchemy statement, or take SQL with `%(name)s` places as it is.

    `prepare=False` has the server plan it anew each time: for searches, whose best plan depends on what is searched.
    """
    if isinstance(statement, str):
        return Query(statement, {}, prepare=prepare)
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    given = {name: value for name, value in compiled.params.items() if value is not None}
    return Query(str(compiled), given, prepare=prepare)


class RowsQuery:
    """A statement over rows that are sent with it. Build it with `rows_query()`."""

    __slots__ = ("one", "several")

    def __init__(self, one: Query, several: Query) -> None:
        self.one = one
        self.several = several


def rows_query(sql: str, **columns: str) -> RowsQuery:
    """SQL in which `{rows}` is a table of what `Reader.over` is given, with these columns and types.

    One row is bound value by value, which the server plans best; several come as one JSON text, bound soonest. The
    server takes a limit that it is told later for a tenth of what it limits, so it plans for ten rows, not a hundred.
    """
    values = ", ".join(f"%({name})s::{kind}" for name, kind in columns.items())
    typed = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    return RowsQuery(
        query(sql.replace("{rows}", f"(VALUES ({values})) AS rows ({', '.join(columns)})")),
        query(
            sql.replace(
                "{rows}", f"(SELECT * FROM json_to_recordset(%(rows)s) AS rows ({typed}) LIMIT %(count)s) AS rows"
            )
        ),
    )


class Reader:
    """Reads on one connection. Each statement sees what is committed when it starts."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self._connection = connection

    async def first(self, statement: Query, **params: Any) -> Row | None:
        """The first row, or None."""
        cursor = await self._connection.execute(statement.sql, statement.bind(params), prepare=statement.prepare)
        return await cursor.fetchone()

    async def one(self, statement: Query, **params: Any) -> Row:
        """The row that must be there. `LookupError` if it is not."""
        row = await self.first(statement, **params)
        if row is None:
            raise LookupError(f"no row for {statement.sql[:80]!r}")
        return row

    async def all(self, statement: Query, **params: Any) -> list[Row]:
        cursor = await self._connection.execute(statement.sql, statement.bind(params), prepare=statement.prepare)
        return await cursor.fetchall()

    async def over(self, statement: RowsQuery, rows: Sequence[Mapping[str, Any]], **params: Any) -> list[Row]:
        """What the statement returns of these rows; each has all of its columns."""
        if len(rows) == 1:
            return await self.all(statement.one, **rows[0], **params)
        text = orjson.dumps(rows, option=orjson.OPT_UTC_Z).decode()
        return await self.all(statement.several, rows=text, count=len(rows), **params)

    async def scalar(self, statement: Query, **params: Any) -> Any:
        """The first column of the first row, or None."""
        row = await self.first(statement, **params)
        return None if row is None else row[0]


class Transaction(Reader):
    """One transaction. What it wrote is there for all, or for nobody."""

    async def execute(self, statement: Query, **params: Any) -> int:
        """Run a statement and return how many rows it touched."""
        cursor = await self._connection.execute(statement.sql, statement.bind(params), prepare=statement.prepare)
        return cursor.rowcount

    async def execute_many(self, statement: Query, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run one statement for many rows in one round trip."""
        if rows:
            cursor = self._connection.cursor()
            await cursor.executemany(statement.sql, [statement.bind(row) for row in rows])

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What fails inside is undone; what stood before it stays."""
        async with self._connection.transaction():
            yield


R = TypeVar("R", bound=Reader)


class Database:
    """A service's connections: a small pool for requests, a smaller one for long streams.

    `schema` is the service's own; `pg_trgm` is looked up in `public`.
    """

    def __init__(self, url: str, *, schema: str, pool_size: int = 8, stream_pool_size: int = 4) -> None:
        self.url = url
        self.schema = schema
        self._pool = _pool(url, _options(schema), pool_size)
        # A slow reader of the whole list holds its snapshot for as long as it reads; requests must not wait for it.
        self._stream_pool = _pool(url, _options(schema, idle="60s", statement="60s"), stream_pool_size)

    async def open(self) -> None:
        """Start connecting in the background; the first use waits for a connection."""
        await self._pool.open(wait=False)
        await self._stream_pool.open(wait=False)

    async def close(self) -> None:
        await self._pool.close()
        await self._stream_pool.close()

    def read(self) -> AbstractAsyncContextManager[Reader]:
        """Each statement sees what is committed when it starts."""
        return _Checkout(self._pool, Reader)

    def single(self) -> AbstractAsyncContextManager[Transaction]:
        """Each statement is a transaction of its own, and costs one round trip: for writes that are one statement."""
        return _Checkout(self._pool, Transaction)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Transaction]:
        async with self._pool.connection() as connection, connection.transaction():
            yield Transaction(connection)

    @asynccontextmanager
    async def stream(
        self, statement: Query, *, chunk: int = 500, **params: Any
    ) -> AsyncIterator[AsyncIterator[list[Row]]]:
        """All rows of one snapshot, `chunk` at a time, in bounded memory on both sides.

        `Unavailable` while as many as may be are read already: a slow reader holds one for as long as it reads.
        """
        try:
            connection = await self._stream_pool.getconn()
        except PoolTimeout:
            raise Unavailable(
                "Several long lists are being read at this moment. Ask for pages with ?limit=, or try again.",
                retry_after=5,
            ) from None
        try:
            async with connection.transaction(), connection.cursor(name="stream") as cursor:
                await cursor.execute(statement.sql, statement.bind(params))
                yield _chunks(cursor, chunk)
        finally:
            await self._stream_pool.putconn(connection)

    async def connect(self, *, idle_session: str | None = None) -> AsyncConnection[Any]:
        """A connection outside the pools, for work that holds a session (the relay's lock). The caller closes it."""
        return await AsyncConnection.connect(
            self.url,
            autocommit=True,
            row_factory=namedtuple_row,
            **_options(self.schema, idle_session=idle_session),
        )


class _Pool(AsyncConnectionPool[AsyncConnection[Any]]):
    """Gives out no connection that ended while nobody used it, as all did when PostgreSQL was restarted."""

    async def getconn(self, timeout: float | None = None) -> AsyncConnection[Any]:  # noqa: ASYNC109 - the base says so
        while True:
            connection = await super().getconn(timeout)
            try:
                # There is something to read only where it was told that it ended: others cost no round trip.
                if _has_news(connection):
                    await self.check_connection(connection)
                return connection
            except OperationalError:
                await self.putconn(connection)
            except BaseException:
                await self.putconn(connection)
                raise


def _has_news(connection: AsyncConnection[Any]) -> bool:
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))


class _Checkout(AbstractAsyncContextManager[R]):
    """A connection out of the pool and back. There is no transaction to end: these connections commit by themselves."""

    __slots__ = ("_connection", "_kind", "_pool")

    def __init__(self, pool: _Pool, kind: type[R]) -> None:
        self._pool = pool
        self._kind = kind

    async def __aenter__(self) -> R:
        self._connection = await self._pool.getconn()
        return self._kind(self._connection)

    async def __aexit__(self, *_exception: object) -> None:
        await self._pool.putconn(self._connection)


async def _chunks(cursor: AsyncServerCursor[Any], size: int) -> AsyncIterator[list[Row]]:
    while rows := await cursor.fetchmany(size):
        yield rows


def _options(
    schema: str, *, statement: str = "5s", idle: str = "10s", idle_session: str | None = None
) -> dict[str, Any]:
    settings = {
        "search_path": f"{schema},public",
        "statement_timeout": statement,
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": idle,
        "timezone": "UTC",
    }
    if idle_session is not None:
        settings["idle_session_timeout"] = idle_session
    return {
        "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
        "application_name": schema,
        "connect_timeout": 3,
        # A peer that vanished without a word is noticed within 15 s.
        "keepalives_idle": 5,
        "keepalives_interval": 3,
        "keepalives_count": 3,
        "tcp_user_timeout": 15000,
    }


def _pool(url: str, options: dict[str, Any], size: int) -> _Pool:
    return _Pool(
        url,
        # prepare_threshold=None leaves preparing to us: every statement that runs through a Query is prepared.
        kwargs={"autocommit": True, "row_factory": namedtuple_row, **options},
        min_size=1,
        max_size=size,
        timeout=5,
        max_waiting=200,
        open=False,
        reconnect_timeout=5,
    )
