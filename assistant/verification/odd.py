"""Marks of a text that is no plain sentence of an article: questions, labels, addresses, words of no language."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wordfreq import zipf_frequency

from assistant.verification.words import words_in
from corpus.article import Language

_LABEL = re.compile(r"^[\w ]{2,40}:\s+\S")
_JOINED = re.compile(r"(?<![\w.])[^\W\d_]{2,}\.[^\W\d_]{2,}(?!\w)|\w@\w")
"""As in "evil.example"; "t.ex" and "e.g" have one letter at a side."""
_LONGEST_RUN = 36
_LONGEST_WORD: dict[Language, int] = {"sv": 28, "en": 22}
_LONG_COMPOUND: dict[Language, int] = {"sv": 14, "en": 100}
"""From so many letters on a word may be a compound that no list has."""
_KNOWN_ZIPF = 1.5
_STRANGE = 0.34
"""The share of a sentence's words, those of the quotes apart, that may be in no list of the language's words."""


def is_odd(text: str, quotes: Sequence[str], language: Language) -> bool:
    """Whether ``text`` asks, labels, holds an address or a run of letters, where no quote does."""
    if text.endswith("?") and not any("?" in quote for quote in quotes):
        return True
    if _LABEL.match(text) and not any(text.partition(":")[0] in quote for quote in quotes):
        return True
    brackets = text.count("(")
    if brackets != text.count(")") or (brackets and not any("(" in quote for quote in quotes)):
        return True
    if _has_a_run(text, quotes):
        return True
    joined = {match.group() for match in _JOINED.finditer(text)}
    return any(piece not in quote for quote in quotes for piece in joined) or _is_gibberish(text, quotes, language)


def _has_a_run(text: str, quotes: Sequence[str]) -> bool:
    """Whether so many signs stand without a space that words must have been run together."""
    return any(len(piece) > _LONGEST_RUN and not any(piece in quote for quote in quotes) for piece in text.split())


def _is_gibberish(text: str, quotes: Sequence[str], language: Language) -> bool:
    held = {word.stem for quote in quotes for word in words_in(quote, language)}
    words = [word for word in words_in(text, language) if word.content]
    new = [word for word in words if word.stem not in held and word.text.isalpha()]
    if any(len(word.text) > _LONGEST_WORD[language] for word in new):
        return True
    long = _LONG_COMPOUND[language]
    strange = [word for word in new if zipf_frequency(word.text, language) < _KNOWN_ZIPF and len(word.text) < long]
    return len(strange) > max(1, _STRANGE * len(words))
