"""Passwords: which are refused, and that hashing waits in a queue of its own."""

import asyncio

import pytest

from auth.passwords import LONGEST_QUEUE, Passwords
from auth.rules import weakness
from common.problems import TooMany

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


def why(password: str, username: str = "jane", email: str = "jane.doe@example.org") -> str | None:
    return weakness(password, username=username, email=email)


class TestWeakness:
    @pytest.mark.parametrize(
        "password",
        [
            "correct-horse-battery-9",
            "twelve signs",
            "Grüße aus Köln",
            "密码密码安全很长的口令一二三",
            "kQ7#vW2!pL9$",
            "agent-password-1",
            " lead and end ",
        ],
    )
    def test_what_is_long_and_nobodys_first_guess_will_do(self, password: str) -> None:
        assert why(password) is None

    def test_the_limits_are_12_and_1024_characters(self) -> None:
        assert why("kQ7#vW2!pL9") == "must have at least 12 characters"
        assert why("kQ7#vW2!pL9$" + "x" * 1012) is None
        assert why("kQ7#vW2!pL9$" + "x" * 1013) == "must have at most 1024 characters"

    @pytest.mark.parametrize(
        "password",
        [
            "password1234",
            "Password2026!",
            "P@ssw0rd!!!!!",
            "passwordpassword",
            "!!!Welcome2026!!!",
            "qwertyuiop12",
            "1q2w3e4r5t6y",
            "123456789012",
            "098765432109",
            "abcdefghijkl",
            "aaaaaaaaaaaaaaa",
            "abcabcabcabcabc",
            "letmein letmein ",
            "adminadminadmin",
            "admin1234567",
            "trustno1trustno1",
        ],
    )
    def test_what_somebody_would_guess_first_is_refused(self, password: str) -> None:
        assert why(password) is not None

    @pytest.mark.parametrize("password", ["jane.doe@example.org", "JANE.DOE-2026", "janejanejane1", "x-Jane.Doe-x"])
    def test_little_more_than_the_name_or_the_address_is_refused(self, password: str) -> None:
        assert why(password) == "must not be made of the user name or the e-mail address"

    def test_a_name_within_much_else_is_not_held_against_it(self) -> None:
        assert why("jane-rides-a-camel") is None

    def test_a_long_one_is_judged_at_once(self) -> None:
        for endless in ("ab" * 512, "password" * 128, "a1" * 511 + "bc"):
            why(endless)


class TestQueue:
    async def test_a_password_is_known_by_its_hash(self) -> None:
        passwords = Passwords()
        kept = await passwords.hash("correct-horse-battery-9")
        assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert await passwords.verify("correct-horse-battery-9", kept)
        assert not await passwords.verify("correct-horse-battery-8", kept)
        passwords.close()

    async def test_without_a_hash_no_password_is_right(self) -> None:
        passwords = Passwords()
        assert not await passwords.verify("", None)
        assert not await passwords.verify("anything", None)
        passwords.close()

    async def test_beyond_20_that_wait_the_next_are_told_to_come_back(self) -> None:
        passwords = Passwords()
        results = await asyncio.gather(
            *(passwords.verify("anything", None) for _ in range(LONGEST_QUEUE + 5)), return_exceptions=True
        )
        refused = [result for result in results if isinstance(result, TooMany)]
        assert (len(refused), results.count(False)) == (5, LONGEST_QUEUE)
        assert refused[0].headers["Retry-After"] == "1"
        assert await passwords.verify("anything", None) is False, "the queue is free again"
        passwords.close()
