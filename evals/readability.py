"""How hard a text is to read: LIX for Swedish, Flesch's reading ease for English."""

from __future__ import annotations

import re

from corpus.article import Language

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_SENTENCE_END = re.compile(r"[.!?:]+(?=\s|$)|\n+")
_VOWELS = re.compile(r"[aeiouy]+", re.IGNORECASE)
_SILENT_E = re.compile(r"(?:[^aeiouyl]|[aeiouy]l)e$", re.IGNORECASE)
"""As in "make" and "pale", not as in "table"."""
_LONG = 6


def readability(text: str, language: Language) -> float | None:
    """LIX (Björnsson, 1968) of Swedish text: about 30 is easy, over 50 hard. Flesch's reading ease (1948) of
    English text: about 70 is easy, under 30 hard. None where there are no words.
    """
    words = _WORD.findall(text)
    if not words:
        return None
    sentences = max(1, sum(1 for part in _SENTENCE_END.split(text) if _WORD.search(part)))
    if language == "sv":
        long = sum(len(word) > _LONG for word in words)
        return round(len(words) / sentences + 100 * long / len(words), 1)
    syllables = sum(syllables_in(word) for word in words)
    return round(206.835 - 1.015 * len(words) / sentences - 84.6 * syllables / len(words), 1)


def syllables_in(word: str) -> int:
    """Syllables of an English word, told by its groups of vowels; a last silent e counts for none."""
    groups = len(_VOWELS.findall(word))
    return max(1, groups - (_SILENT_E.search(word) is not None))
