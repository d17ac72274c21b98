"""X-Total-Count without counting again what has not changed since it was counted."""

import time
from collections import OrderedDict

from common.database import Reader
from tickets.queries.list_tickets import Filters, count

LARGE = 5_000
"""From here on a total may lag by a second: nobody counts that many by eye, and counting them costs."""

LAG_SECONDS = 1.0


class Totals:
    """Counts, kept until a ticket changes anywhere. `changed` is called for every write this replica hears of."""

    def __init__(self) -> None:
        self._generation = 0
        self._counted: OrderedDict[tuple[object, ...], tuple[int, float, int]] = OrderedDict()

    def changed(self) -> None:
        self._generation += 1

    async def of(self, reader: Reader, filters: Filters) -> int:
        known = self._counted.get(filters.key)
        if known is not None:
            generation, counted_at, total = known
            age = time.monotonic() - counted_at
            if age < LAG_SECONDS and (generation == self._generation or total > LARGE):
                return total
        generation = self._generation
        total = await count(reader, filters)
        self._counted[filters.key] = (generation, time.monotonic(), total)
        if len(self._counted) > 1_000:
            self._counted.popitem(last=False)
        return total
