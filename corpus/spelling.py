"""Repairs misspelt words of a query against the words that the articles use.

A word is left alone when the articles use it, or when it is an ordinary word of the language: "kalium" is
never made "kalcium". Nor is a name (a capital inside the sentence), or a word that differs from the articles'
only at its end, which is an inflection. Otherwise it becomes the articles' nearest word within one edit, or
two from nine letters on. Edits: Damerau-Levenshtein, optimal string alignment (a swap of neighbours is one edit).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

from rapidfuzz.distance import OSA
from wordfreq import zipf_frequency

from corpus.article import Language

MIN_LETTERS = 5
TWO_EDITS_FROM = 9
ORDINARY_ZIPF = 1.8
"""A word used more than about once in 16 million words is ordinary; common misspellings lie below."""

_ENDINGS = frozenset(
    """a ar are arna as ast at ats d de e en ens er erna erns es et ets iska isk iskt n na nas ne or orna r s sk
    ska skt st t te ts ed ing ings ies y ly al ic""".split()
) | {""}
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
        return _WORD.sub(lambda match: self._repair_unless_name(match, query), query)

    def _repair_unless_name(self, match: re.Match[str], query: str) -> str:
        inside = bool(query[: match.start()].strip(" \"'(")) and query[: match.start()].rstrip()[-1:] not in ".?!:"
        return match.group() if inside and match.group()[0].isupper() else self._repair_word(match.group())

    def _repair_word(self, word: str) -> str:
        plain = word.casefold()
        if len(plain) < MIN_LETTERS or plain in self._vocabulary or not plain.isalpha():
            return word
        if zipf_frequency(plain, self._language) >= ORDINARY_ZIPF:
            return word
        return self._nearest(plain) or word

    def _nearest(self, word: str) -> str | None:
        allowed = 2 if len(word) >= TWO_EDITS_FROM else 1
        best: tuple[int, int, str] | None = None
        # A first letter is seldom wrong, but sometimes swapped with the second.
        for start in {word[0], word[1]}:
            for length in range(len(word) - allowed, len(word) + allowed + 1):
                for candidate in self._by_start.get((start, length), ()):
                    if _inflected(word, candidate) or (start != word[0] and candidate[1] != word[0]):
                        continue
                    distance = OSA.distance(word, candidate, score_cutoff=allowed)
                    if distance <= allowed:
                        found = (distance, -self._vocabulary[candidate], candidate)
                        best = found if best is None else min(best, found)
        return best[2] if best else None


def _inflected(word: str, other: str) -> bool:
    """Whether the two are one word with two endings: "statiner" and "statin", but not "kolestrol"."""
    shared = next((i for i, (a, b) in enumerate(zip(word, other, strict=False)) if a != b), min(len(word), len(other)))
    return shared >= MIN_LETTERS - 1 and word[shared:] in _ENDINGS and other[shared:] in _ENDINGS
