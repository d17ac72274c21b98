"""How text is made findable: folded here, not in the database, so that it does not depend on the database's locale."""

import re
import unicodedata

_TERM = re.compile(r"\S+")
WORD = re.compile(r"^\w+$")

_LAST_MARK = 0x1E94A
_MARKS = re.compile(f"[{''.join(chr(code) for code in range(_LAST_MARK + 1) if unicodedata.combining(chr(code)))}]+")
# Letters whose stroke is no accent to Unicode, though it is to who types without it.
_STROKES = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
LONGEST = 800_000
"""Characters of a folded text that are searched. Only signs that stand for whole words come to more: `ﷺ` is 18."""


def fold(text: str) -> str:
    """Lower case without accents: `Müller` and `muller` read the same, in any script."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(_STROKES))[:LONGEST]
    return _MARKS.sub("", decomposed)


def searchable(title: str, overview: str, display_id: str) -> str:
    """All that a search looks at."""
    return fold(f"{display_id}\n{title}\n{overview}")


def terms(search: str) -> list[str]:
    """The folded terms of a search; all of them must match."""
    return _TERM.findall(fold(search))
