"""Whether a sentence is in the language of the answer."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from wordfreq import zipf_frequency

from assistant.verification.words import function_words, words_in
from corpus.article import Language

_OTHER: dict[Language, Language] = {"sv": "en", "en": "sv"}
_MICRO = frozenset("µμ")
"""As in "µg": one is of no script, the other Greek, and both are written."""
_LONG = 8
"""From so many words on a sentence has function words of its language."""
_COMMON_THERE, _RARE_HERE = 4.0, 2.7
"""A word of the other language: that frequent there (Zipf) and that rare in the language of the answer."""


def is_in(language: Language, text: str, quotes: Sequence[str]) -> bool:
    """Whether ``text`` reads as ``language``. Letters of other scripts must stand in the quotes."""
    known = {letter for quote in quotes for letter in quote} | _MICRO
    if any(letter.isalpha() and "LATIN" not in unicodedata.name(letter, "") and letter not in known for letter in text):
        return False
    words = {word.text for word in words_in(text, language)}
    held = {word.text for quote in quotes for word in words_in(quote, language)}
    if any(_is_of_the_other(word, language) for word in words - held):
        return False
    own, other = (len(words & function_words(each)) for each in (language, _OTHER[language]))
    return own >= other and (own > 0 or len(words) < _LONG)


def _is_of_the_other(word: str, language: Language) -> bool:
    """As "probably" is inside a Swedish sentence."""
    if not word.isalpha() or zipf_frequency(word, _OTHER[language]) < _COMMON_THERE:
        return False
    return bool(zipf_frequency(word, language) < _RARE_HERE)
