"""Whether a sentence is in the language of the answer."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from assistant.verification.words import function_words, words_in
from corpus.article import Language

_OTHER: dict[Language, Language] = {"sv": "en", "en": "sv"}
_MICRO = frozenset("µμ")
"""As in "µg": one is of no script, the other Greek, and both are written."""
_LONG = 8
"""From so many words on a sentence has function words of its language."""


def is_in(language: Language, text: str, quotes: Sequence[str]) -> bool:
    """Whether ``text`` reads as ``language``. Letters of other scripts must stand in the quotes."""
    known = {letter for quote in quotes for letter in quote} | _MICRO
    if any(letter.isalpha() and "LATIN" not in unicodedata.name(letter, "") and letter not in known for letter in text):
        return False
    words = {word.text for word in words_in(text, language)}
    own, other = (len(words & function_words(each)) for each in (language, _OTHER[language]))
    return own >= other and (own > 0 or len(words) < _LONG)
