"""How text is made findable: folded here, not in the database, so that it does not depend on the database's locale."""

import re
import unicodedata

_TERM = re.compile(r"\S+")
WORD = re.compile(r"^\w+$")


def fold(text: str) -> str:
    """Lower case without accents: `Müller` and `muller` read the same, in any script."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def searchable(title: str, overview: str, display_id: str) -> str:
    """All that a search looks at."""
    return fold(f"{display_id}\n{title}\n{overview}")


def terms(search: str) -> list[str]:
    """The folded terms of a search; all of them must match."""
    return _TERM.findall(fold(search))
