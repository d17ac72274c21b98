"""The number people say to each other: `V` and nine digits, such as V325813929."""

import re

_SHAPE = re.compile(r"^[Vv][0-9]{9}$")

# Multiplying by a number coprime to 10^9 visits every nine-digit number once: no two tickets share one, no draw is
# repeated, and neighbours do not look alike.
_STEP = 387_420_489
_START = 325_813_929
_NUMBERS = 10**9


def display_id(number: int) -> str:
    """The display id of the `number`-th ticket."""
    return f"V{(number * _STEP + _START) % _NUMBERS:09d}"


def parse_display_id(text: str) -> str | None:
    """The display id that `text` spells, in its canonical form, or None."""
    return text.upper() if _SHAPE.match(text) else None
