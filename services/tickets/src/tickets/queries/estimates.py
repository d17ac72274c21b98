"""How many tickets a search is likely to find, by the server's own statistics, asked once a minute for each search."""

import re
import time
from collections import OrderedDict
from functools import lru_cache

from common.database import Query, Reader, query

KEPT_SECONDS = 60.0
KEPT = 2_000

_ROWS = re.compile(r"rows=(\d+)")
_TOTAL = query("SELECT greatest(reltuples, 1)::bigint FROM pg_class WHERE oid = 'search'::regclass")


@lru_cache(maxsize=512)
def _explain(condition: str) -> Query:
    return query(f"EXPLAIN SELECT FROM search s WHERE {condition}", prepare=False)


class Estimates:
    """Expected hits and the number of all tickets. Only the speed of a search depends on them, never its result."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[str, ...], tuple[float, int, int]] = OrderedDict()

    async def of(self, reader: Reader, condition: str, params: dict[str, str]) -> tuple[int, int]:
        """For the rows of `search s` that meet `condition`."""
        key = (condition, *params.values())
        known = self._known.get(key)
        if known is not None and time.monotonic() - known[0] < KEPT_SECONDS:
            return known[1:]
        planned = _ROWS.search(await reader.scalar(_explain(condition), **params))
        expected, total = int(planned.group(1)) if planned else 1, int(await reader.scalar(_TOTAL))
        self._known[key] = (time.monotonic(), expected, total)
        if len(self._known) > KEPT:
            self._known.popitem(last=False)
        return expected, total
