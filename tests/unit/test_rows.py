"""Every promised row has a test that names it: `test_r17_...` stands for row R17 of the product's requirements."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
NAMES = re.compile(r"def test_(r\d+(?:_r\d+)*)_")

BACKEND = {*range(1, 63), 79, 80, 81, 82}
CLIENT = {*range(63, 79), 84}


def rows_with_a_test() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for names in NAMES.findall(path.read_text(encoding="utf-8")):
            for row in names.split("_"):
                found.setdefault(int(row[1:]), []).append(path.name)
    return found


def test_no_row_is_without_a_test() -> None:
    assert (BACKEND | CLIENT) - rows_with_a_test().keys() == set()
