"""Decisions that need nothing but what they are told."""

import re
from itertools import pairwise

SHORTEST_PASSWORD = 12
LONGEST_PASSWORD = 1024
LEAST_OF_ONES_OWN = 8

FIRST_GUESSES = frozenset(
    """
    abc abcd abcdef abcdefgh abcdefghijkl abcdefghijklm access admin administrator asdf asdfgh asdfghjkl autumn
    baseball batman changeit changeme charlie computer default dragon football guest hello helpdesk iloveyou
    letmein login manager master michael monkey mustang office passphrase password passwort pokemon princess qazwsx
    qazwsxedc qwer qwert qwerty qwertyuiop qwertz qwertzuiop root secret september server service shadow spring
    starwars summer sunshine superman support system temp temporary test testing ticket ticketing
    tickets trustno trustnoi user welcome whatever winter zaqwsx zxcvbn zxcvbnm
    """.split()  # noqa: SIM905  words in lines read better than a hundred quotes
)
KEYBOARD_WALKS = ("1q2w3e4r5t6y7u8i9o0p", "zaq12wsxcde34rfvbgt5", "1qaz2wsx3edc4rfv5tgb", "qwertyuiopasdfghjklzxcvbnm")

_DISGUISES = str.maketrans("0134578@$!|€", "oieastbasile")
_AROUND = re.compile(r"^[\W\d_]+|[\W\d_]+$")


def weakness(password: str, *, username: str, email: str) -> str | None:
    """Why this must not be a new password, or None."""
    if len(password) < SHORTEST_PASSWORD:
        return f"must have at least {SHORTEST_PASSWORD} characters"
    if len(password) > LONGEST_PASSWORD:
        return f"must have at most {LONGEST_PASSWORD} characters"
    lowered = password.lower()
    if _is_guessed_first(lowered):
        return "is one of the first that somebody would guess; choose another"
    if len(_without(lowered, email.lower(), email.lower().partition("@")[0], username.lower())) < LEAST_OF_ONES_OWN:
        return "must not be made of the user name or the e-mail address"
    return None


def _is_guessed_first(lowered: str) -> bool:
    """A common word however often, with digits and signs around it or in place of letters; a walk over the keys."""
    if len(set(lowered)) < 4 or _is_counting(lowered) or any(lowered in 2 * walk for walk in KEYBOARD_WALKS):
        return True
    once = _unit(lowered)
    bare = _AROUND.sub("", once)
    candidates = {once, bare, bare.translate(_DISGUISES), _AROUND.sub("", once.translate(_DISGUISES))}
    return any(_unit(candidate) in FIRST_GUESSES for candidate in candidates)


def _is_counting(text: str) -> bool:
    """12345678901234, 98765432109876, abcdefghijkl: each sign follows the one before."""
    steps = {(ord(after) - ord(before)) % 10 for before, after in pairwise(text)}
    return text.isalnum() and len(steps) == 1


def _unit(text: str) -> str:
    """What the text repeats: `abc` of `abcabcabc`; otherwise the text."""
    return text[: (text + text).index(text, 1)] if text else text


def _without(text: str, *parts: str) -> str:
    for part in parts:
        if len(part) > 2:
            text = text.replace(part, "")
    return text
