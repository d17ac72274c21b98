"""Which variants of a test every run takes, and which are for `make long`."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def variants(of: Iterable[Any], *, each_time: Collection[Any]) -> list[Any]:
    """For `parametrize`: all of them in their order, of which `make test` runs those of `each_time`."""
    of = list(of)
    assert all(one in of for one in each_time), f"{each_time} are not all among {of}"
    return [
        pytest.param(*(one if isinstance(one, tuple) else (one,)), marks=() if one in each_time else pytest.mark.long)
        for one in of
    ]
