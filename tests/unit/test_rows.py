"""Every promised row has a test that names it: `test_r17_...` stands for row R17 of the product's requirements.

Of the tests that `make test` runs: what is left to `make long` comes too late to be a promise's only guard.
"""

import ast
import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(r"test_(r\d+(?:_r\d+)*)_")

BACKEND = {*range(1, 63), 79, 80, 81, 82}
CLIENT = {*range(63, 79), 84}


def test_no_row_is_without_a_test() -> None:
    assert (BACKEND | CLIENT) - rows_with_a_test() == set()


def rows_with_a_test() -> set[int]:
    pytest_options = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["pytest"]
    rooms = [ROOT / room for room in pytest_options["ini_options"]["testpaths"]]
    files = [file for room in rooms for file in room.rglob("test_*.py")]
    return {row for file in files for row in rows_of(file.read_text(encoding="utf-8"))}


def rows_of(source: str) -> set[int]:
    found = [NAME.match(name) for name in names_of_every_run(ast.parse(source).body)]
    return {int(row[1:]) for names in found if names for row in names[1].split("_")}


def names_of_every_run(body: Sequence[ast.stmt]) -> Iterator[str]:
    """Their names, as far as it stands where they are written: of a fixture's variants it says nothing."""
    if any(_is_long(one.value) for one in body if isinstance(one, ast.Assign) and _is_pytestmark(one)):
        return
    for one in body:
        if not isinstance(one, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if any(_is_long(mark) for mark in one.decorator_list):
            continue
        if isinstance(one, ast.ClassDef):
            yield from names_of_every_run(one.body)
        else:
            yield one.name


def _is_pytestmark(assignment: ast.Assign) -> bool:
    return "pytestmark" in {ast.unparse(target) for target in assignment.targets}


def _is_long(mark: ast.expr) -> bool:
    match mark:
        case ast.List(marks) | ast.Tuple(marks):
            return any(_is_long(one) for one in marks)
        case ast.Call(ast.Attribute(attr="parametrize"), [_, values, *_]):
            return _are_all_long(values)
        case _:
            return ast.unparse(mark) == "pytest.mark.long"


def _are_all_long(values: ast.expr) -> bool:
    match values:
        case ast.List(params) | ast.Tuple(params):
            return all(_is_long_param(one) for one in params)
        case ast.Call(ast.Name("variants"), _, [ast.keyword("each_time", each_time)]):
            return ast.unparse(each_time) in {"[]", "()", "set()", "{}"}
        case _:
            return False


def _is_long_param(param: ast.expr) -> bool:
    if not isinstance(param, ast.Call):
        return False
    return any(_is_long(keyword.value) for keyword in param.keywords if keyword.arg == "marks")


LONG = "@pytest.mark.long\n"
TEST = "def test_r17_r18_is_kept(): ...\n"
METHOD = f"class TestIt:\n    {TEST}"


@pytest.mark.parametrize(
    "source",
    [
        TEST,
        f"async {TEST}",
        METHOD,
        f"pytestmark = pytest.mark.anyio\n{TEST}",
        f"{LONG}def test_another(): ...\n{TEST}",
        f"@pytest.mark.parametrize('one', [1, pytest.param(2, marks=pytest.mark.long)])\n{TEST}",
        f"@pytest.mark.parametrize('one', variants([1, 2], each_time=[1]))\n{TEST}",
    ],
)
def test_what_every_run_tests_counts(source: str) -> None:
    assert rows_of(source) == {17, 18}


@pytest.mark.parametrize(
    "source",
    [
        f"{LONG}{TEST}",
        f"{LONG}async {TEST}",
        f"{LONG}{METHOD}",
        f"class TestIt:\n    pytestmark = pytest.mark.long\n    {TEST}",
        f"pytestmark = pytest.mark.long\n{TEST}",
        f"pytestmark = [pytest.mark.anyio, pytest.mark.long]\n{TEST}",
        f"@pytest.mark.parametrize('one', [pytest.param(2, marks=pytest.mark.long)])\n{TEST}",
        f"@pytest.mark.parametrize('one', [pytest.param(2, marks=[pytest.mark.long])], ids=['two'])\n{TEST}",
        f"@pytest.mark.parametrize('one', variants([1, 2], each_time=[]))\n{TEST}",
        f"def helper():\n    {TEST}",
        f'"""\n{TEST}"""\n',
    ],
)
def test_what_is_left_to_make_long_or_to_nobody_does_not(source: str) -> None:
    assert rows_of(source) == set()
