"""The list of tickets: filtered, searched, in order; a page of it, or all of it as a stream.

A page is a walk along an index that is in the list's order already. A search is either such a walk that looks at each
ticket's words, which is quick for a word that many tickets have, or it gathers what the text indexes find and sorts it,
which is quick for a word that few have. The server's own statistics say which.
"""

import base64
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import product
from typing import Any
from uuid import UUID

import orjson

from common.database import Database, Query, Reader, Row, query
from common.problems import Invalid
from tickets.queries.estimates import Estimates
from tickets.queries.ticket_row import LISTED_COLUMNS, NAMES, ORDER
from tickets.schemas import Status
from tickets.search_text import terms

ALL_STATUSES = tuple(Status)
_LIKE_SIGNS, _ESCAPED = re.compile(r"([%_\\])"), r"\\\1"
_SORT = "severity, created_at DESC, id DESC"
_OLDER = "(t.created_at, t.id) < (%(after_created_at)s, %(after_id)s)"


@dataclass(frozen=True)
class Cursor:
    """The last ticket of a page: the next page begins behind it."""

    severity: int
    created_at: datetime
    id: UUID

    def __str__(self) -> str:
        return base64.urlsafe_b64encode(orjson.dumps([self.severity, self.created_at, self.id])).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Cursor":
        try:
            severity, created_at, ticket_id = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            cursor = cls(severity, datetime.fromisoformat(created_at), UUID(ticket_id))
            if type(severity) is not int or severity not in range(1, 6) or cursor.created_at.tzinfo is None:
                raise ValueError("out of range")
        except (ValueError, TypeError, AttributeError):
            raise Invalid(("cursor", "is not one that a Link header of this list named")) from None
        return cursor


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to. `same` holds columns that must equal a value, or be empty where it is None."""

    statuses: tuple[Status, ...] = ()
    severities: tuple[int, ...] = ()
    same: Mapping[str, Any] = field(default_factory=dict)
    search: str = ""

    @property
    def key(self) -> tuple[Any, ...]:
        return (self.statuses, self.severities, tuple(sorted(self.same.items())), self.search)


async def page(
    reader: Reader, filters: Filters, *, limit: int, after: Cursor | None, estimates: Estimates | None = None
) -> list[Row]:
    """At most `limit` tickets behind `after`, in the list's order. Without `estimates`, a search always gathers."""
    params = _params(filters, after) | {"limit": limit}
    words, behind = terms(filters.search), after.severity if after else None
    if not words:
        return await reader.all(_page(_shape(filters), behind), **params)
    found = await _search(reader, filters, words, params, behind, estimates)
    return await reader.all(_BY_IDS, ids=found) if found else []


async def count(reader: Reader, filters: Filters) -> int:
    """How many tickets there are in the whole list."""
    words = terms(filters.search)
    statement = _count(_shape(filters), _kinds(words))
    return int(await reader.scalar(statement, **_params(filters, None), **_term_params(words)))


async def everything(database: Database, filters: Filters) -> AsyncIterator[list[Row]]:
    """The whole list, some rows at a time, from one snapshot. An overview may be a quarter of a megabyte."""
    words = terms(filters.search)
    statement = _everything(_shape(filters), _kinds(words))
    params: dict[str, Any] = _params(filters, None) | _term_params(words)
    async with database.stream(statement, chunk=100, **params) as chunks:
        async for rows in chunks:
            yield rows


Shape = tuple[tuple[Status, ...], tuple[int, ...], tuple[tuple[str, bool], ...]]
"""The statuses; the severities; each column that is compared, and whether with a value."""


def _shape(filters: Filters) -> Shape:
    same = tuple(sorted((name, value is not None) for name, value in filters.same.items()))
    return (filters.statuses, filters.severities, same)


def _params(filters: Filters, after: Cursor | None) -> dict[str, Any]:
    params = dict(filters.same)
    if after is not None:
        params |= {"after_created_at": after.created_at, "after_id": after.id}
    return params


def _conditions(shape: Shape) -> str:
    statuses, severities, same = shape
    conditions = [f"t.{name} = %({name})s" if valued else f"t.{name} IS NULL" for name, valued in same]
    if statuses:
        conditions.append(f"t.status IN ({', '.join(repr(str(status)) for status in statuses)})")
    if severities:
        conditions.append(f"t.severity IN ({', '.join(map(str, severities))})")
    return " AND ".join(conditions) or "true"


def _stretches(severities: tuple[int, ...], after: int | None) -> list[str]:
    """The parts of the order that are wanted, each one that an index reads from its beginning and nothing before it.

    `after` is the cursor's severity: what is left of it are the older tickets.
    """
    if after is None:
        return [f"t.severity = {severity}" for severity in severities] or ["true"]
    left = [f"t.severity = {after} AND {_OLDER}"] if not severities or after in severities else []
    later = [f"t.severity = {severity}" for severity in severities if severity > after]
    return left + (later if severities else [f"t.severity > {after}"]) or ["false"]


def _walk(shape: Shape, *, after: int | None, limit: str) -> str:
    """The first tickets in order. One branch a status, whose index holds the order within it, and a stretch of it."""
    statuses, severities, same = shape
    narrowed = bool({"category_id", "assignee_id"} & {name for name, _ in same})
    by_status = [(status,) for status in statuses or ALL_STATUSES] if statuses or narrowed else [()]
    first = f"ORDER BY {ORDER} LIMIT {limit}"
    branches = [
        f"(SELECT * FROM tickets t WHERE {_conditions((status, (), same))} AND {stretch} {first})"
        for status, stretch in product(by_status, _stretches(severities, after))
    ]
    return f"{' UNION ALL '.join(branches)} ORDER BY {_SORT} LIMIT {limit}" if len(branches) > 1 else branches[0]


@lru_cache(maxsize=512)
def _page(shape: Shape, after: int | None) -> Query:
    return query(
        f"""SELECT {LISTED_COLUMNS} FROM ({_walk(shape, after=after, limit="%(limit)s")}) t {NAMES} ORDER BY {ORDER}"""
    )


_BY_IDS = query(f"SELECT {LISTED_COLUMNS} FROM tickets t {NAMES} WHERE t.id = ANY(%(ids)s) ORDER BY {ORDER}")


# PostgreSQL's English leaves these out of a vector. The longer ones are found as fragments.
_NO_WORD = re.compile("^(a|am|an|as|at|be|by|do|he|i|if|in|is|it|me|my|no|of|on|or|s|so|t|to|up|we)$")


def _kinds(words: list[str]) -> tuple[str, ...]:
    """How each term matches: as a word or part of one, as the beginning of a word, or as it stands."""
    return tuple(_kind(word) for word in words)


def _kind(word: str) -> str:
    if not word.isalnum() or _NO_WORD.match(word):
        return "literal"
    return "prefix" if word.isascii() and len(word) < 3 else "word"


def _matches(kinds: tuple[str, ...]) -> str:
    """All terms match. A term of one or two letters is too short for the fragment index: it must begin a word."""
    found = {
        "word": "(s.vector @@ to_tsquery('english', %(word{n})s) OR s.words LIKE %(like{n})s)",
        "prefix": "s.vector @@ to_tsquery('simple', %(word{n})s)",
        "literal": "s.words LIKE %(like{n})s",
    }
    return " AND ".join(found[kind].replace("{n}", str(n)) for n, kind in enumerate(kinds)) or "true"


def _term_params(words: list[str]) -> dict[str, str]:
    params = {}
    for n, (word, kind) in enumerate(zip(words, _kinds(words), strict=True)):
        if kind != "literal":
            params[f"word{n}"] = f"{word}:*"
        if kind != "prefix":
            params[f"like{n}"] = f"%{_LIKE_SIGNS.sub(_ESCAPED, word)}%"
    return params


async def _search(
    reader: Reader,
    filters: Filters,
    words: list[str],
    params: dict[str, Any],
    after: int | None,
    estimates: Estimates | None,
) -> list[UUID]:
    kinds, shape, term_params = _kinds(words), _shape(filters), _term_params(words)
    params, limit = params | term_params, params["limit"]
    if estimates is not None:
        expected, total = await estimates.of(reader, _matches(kinds), term_params)
        if expected * expected > limit * total / 2:
            budget = int(4 * limit * total / expected) + limit
            rows = await reader.all(_walk_search(shape, kinds, after), budget=budget, **params)
            if len(rows) == limit:
                return [row.id for row in rows]
    return [row.id for row in await reader.all(_gather(shape, kinds, after), **params)]


@lru_cache(maxsize=512)
def _walk_search(shape: Shape, kinds: tuple[str, ...], after: int | None) -> Query:
    return query(
        f"""
        SELECT t.id FROM ({_walk(shape, after=after, limit="%(budget)s")}) t JOIN search s ON s.ticket_id = t.id
        WHERE {_matches(kinds)} ORDER BY {ORDER} LIMIT %(limit)s
        """,
        prepare=False,
    )


@lru_cache(maxsize=512)
def _gather(shape: Shape, kinds: tuple[str, ...], after: int | None) -> Query:
    return query(f"{_hits(shape, kinds, 't.id', after=after)} ORDER BY {ORDER} LIMIT %(limit)s", prepare=False)


@lru_cache(maxsize=512)
def _count(shape: Shape, kinds: tuple[str, ...]) -> Query:
    if not kinds:
        return query(f"SELECT count(*) FROM tickets t WHERE {_conditions(shape)}", prepare=False)
    return query(_hits(shape, kinds, "count(*)"), prepare=False)


@lru_cache(maxsize=512)
def _everything(shape: Shape, kinds: tuple[str, ...]) -> Query:
    wanted = f"t.id IN ({_hits(shape, kinds, 't.id')})" if kinds else _conditions(shape)
    return query(f"SELECT {LISTED_COLUMNS} FROM tickets t {NAMES} WHERE {wanted} ORDER BY {ORDER}", prepare=False)


def _hits(shape: Shape, kinds: tuple[str, ...], what: str, *, after: int | None = None) -> str:
    behind = "" if after is None else f"AND (t.severity > {after} OR t.severity = {after} AND {_OLDER})"
    return f"""
        WITH hits AS MATERIALIZED (SELECT ticket_id FROM search s WHERE {_matches(kinds)})
        SELECT {what} FROM hits JOIN tickets t ON t.id = hits.ticket_id WHERE {_conditions(shape)} {behind}
        """
