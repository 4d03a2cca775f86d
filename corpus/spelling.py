"""Repairs misspelt words of a query against the words that the articles use.

A word is left alone when the articles use it, or when it is an ordinary word of the language: "kalium" is
never made "kalcium". Otherwise it becomes the articles' nearest word within one edit, or two from eight
letters on. Edits: Damerau-Levenshtein, optimal string alignment (a swap of neighbours is one edit).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from rapidfuzz.distance import OSA
from wordfreq import zipf_frequency

from corpus.article import Language

MIN_LETTERS = 5
TWO_EDITS_FROM = 8
ORDINARY_ZIPF = 1.8
"""A word used more than about once in 16 million words is ordinary; common misspellings lie below."""

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


class Speller:
    """Knows the words of one language's articles."""

    def __init__(self, vocabulary: Mapping[str, int], language: Language) -> None:
        self._vocabulary = vocabulary
        self._language = language
        self._by_start: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in vocabulary:
            if len(word) >= MIN_LETTERS - 1 and word.isalpha():
                self._by_start[word[0], len(word)].append(word)

    def repair(self, query: str) -> str:
        """``query`` with its misspelt words repaired; the rest is untouched."""
        return _WORD.sub(lambda match: self._repair_word(match.group()), query)

    def _repair_word(self, word: str) -> str:
        plain = word.casefold()
        if len(plain) < MIN_LETTERS or plain in self._vocabulary or not plain.isalpha():
            return word
        if zipf_frequency(plain, self._language) >= ORDINARY_ZIPF:
            return word
        return self._nearest(plain) or word

    def _nearest(self, word: str) -> str | None:
        allowed = 2 if len(word) >= TWO_EDITS_FROM else 1
        # A first letter is seldom wrong, but often swapped with the second.
        starts = {word[0], word[1]}
        best: tuple[int, int, str] | None = None
        for start in sorted(starts):
            for length in range(len(word) - allowed, len(word) + allowed + 1):
                for candidate in self._by_start.get((start, length), ()):
                    distance = OSA.distance(word, candidate, score_cutoff=allowed)
                    if distance <= allowed:
                        found = (distance, -self._vocabulary[candidate], candidate)
                        best = found if best is None else min(best, found)
        return best[2] if best else None
