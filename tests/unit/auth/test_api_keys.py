"""API keys: their form, their check digits, and what is kept of them."""

import re

from auth.api_keys import mint
from common.api_keys import hash_api_key, is_api_key


def test_a_key_has_43_random_and_6_check_characters() -> None:
    key, _ = mint()
    assert re.fullmatch(r"sk_[0-9A-Za-z]{49}", key)
    assert is_api_key(key)


def test_no_two_are_alike() -> None:
    assert len({mint()[0] for _ in range(1_000)}) == 1_000


def test_what_is_kept_is_a_hash() -> None:
    key, kept = mint()
    assert kept == hash_api_key(key)
    assert re.fullmatch(r"[0-9a-f]{64}", kept)


def test_a_mistyped_key_is_recognised_without_asking_anybody() -> None:
    key, _ = mint()
    for place in range(3, len(key)):
        wrong = "0" if key[place] != "0" else "1"
        assert not is_api_key(key[:place] + wrong + key[place + 1 :])
