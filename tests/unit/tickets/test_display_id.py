"""R18: the numbers people say to each other."""

import re

import pytest

from tickets.display_id import display_id, parse_display_id


def test_r18_ten_thousand_are_unique_and_of_one_shape() -> None:
    numbers = [display_id(number) for number in range(1, 10_001)]
    assert len(set(numbers)) == len(numbers)
    assert all(re.fullmatch(r"V\d{9}", number) for number in numbers)


def test_neighbours_do_not_look_alike() -> None:
    assert display_id(1)[:4] != display_id(2)[:4]


@pytest.mark.parametrize(("text", "found"), [("V325813929", "V325813929"), ("v325813929", "V325813929")])
def test_either_case_is_understood(text: str, found: str) -> None:
    assert parse_display_id(text) == found


@pytest.mark.parametrize("text", ["V32581392", "V3258139290", "325813929", "V32581392x", "", "V３２５８１３９２９"])
def test_anything_else_is_none(text: str) -> None:
    assert parse_display_id(text) is None
