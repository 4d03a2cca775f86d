"""Passwords, kept as Argon2id hashes only."""

from __future__ import annotations

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from errors import UsageError

SHORTEST, LONGEST = 12, 200
_hasher = PasswordHasher()


def hashed(password: str) -> str:
    """The hash to keep, salted, with the library's own settings in it.

    Raises:
        UsageError: the password has fewer than ``SHORTEST`` or more than ``LONGEST`` characters.
    """
    composed = _composed(password)
    if not SHORTEST <= len(composed) <= LONGEST:
        raise UsageError(f"A password has {SHORTEST} to {LONGEST} characters; this one has {len(composed)}.")
    return _hasher.hash(composed)


def is_right(password: str, kept: str | None) -> bool:
    """Whether ``password`` is the one that ``kept`` was made from.

    Takes as long where there is no such user (``kept`` is None), so that the time tells nothing about names.
    """
    composed = _composed(password[: LONGEST + 1])
    try:
        _hasher.verify(kept if kept is not None else _nobodys(), composed)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@cache
def _nobodys() -> str:
    return _hasher.hash("the password of nobody at all")


def _composed(password: str) -> str:
    # One keyboard sends å as one character, another as two.
    return unicodedata.normalize("NFC", password)
