"""Which words a word of the message may be: itself, or one of the rules' words misspelt by one edit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from assistant.triage.text import fold

# Shorter words have too many real neighbours to be guessed at.
_SHORTEST_GUESSED = 5
_SHORTEST_STRENGTHENED = 3
_LONGEST_READ = 40

Features = frozenset[str]
_NONE: Features = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a word stands for. ``doubtful`` holds what an ordinary word might be a slip for."""

    sure: Features
    doubtful: Features


class Lexicon:
    """The rules' words and the concepts they belong to.

    ``concepts`` maps a word to its concepts; a word may end or begin with ``*``. Only ``guessed`` words
    are recognised when misspelt, and then stand only for the ``hoped`` concepts, never for one that
    takes an alarm back. Real words one edit away are left alone (``common``) or are doubtful
    (``ordinary``); ``foreign`` words never keep a word from being a misspelling. ``spelt_out`` words
    count only with their diacritics: "do" is not dö. ``spoken`` maps short spoken or mistyped forms to
    the word meant; ``intensifiers`` are what jätteont and skitont begin with.
    """

    def __init__(
        self,
        concepts: Mapping[str, Iterable[str]],
        guessed: Collection[str] = (),
        hoped: Collection[str] = (),
        foreign: Collection[str] = (),
        common: Collection[str] = (),
        ordinary: Iterable[str] = (),
        spelt_out: Collection[str] = (),
        spoken: Mapping[str, str] | None = None,
        intensifiers: Collection[str] = (),
    ) -> None:
        self._spoken = dict(spoken or {})
        self._intensifiers = tuple(fold(start) for start in intensifiers)
        self._spelt: dict[str, Features] = {}
        self._folded: dict[str, Features] = {}
        self._begins: dict[str, Features] = {}
        self._ends: dict[str, Features] = {}
        self._hoped: dict[str, Features] = {}
        near: dict[str, set[str]] = defaultdict(set)
        for word, names in concepts.items():
            features = frozenset({word, *names})
            if word.endswith("*"):
                _add(self._begins, fold(word[:-1]), features)
            elif word.startswith("*"):
                _add(self._ends, fold(word[1:]), features)
            else:
                _add(self._spelt, word, features)
                if word not in spelt_out:
                    _add(self._folded, fold(word), features)
                if word in guessed and len(word) >= _SHORTEST_GUESSED:
                    _add(self._hoped, fold(word), features & {word, *hoped})
                    for key in _deletions(fold(word)):
                        near[key].add(fold(word))
        self._near = {key: tuple(words) for key, words in near.items()}
        self._endings = tuple(self._ends)
        self._begin_lengths = sorted({len(start) for start in self._begins})
        self._foreign = frozenset(foreign)
        self._common = frozenset(fold(word) for word in common)
        self._ordinary = frozenset(fold(word) for word in ordinary)

    def __contains__(self, word: str) -> bool:
        """Whether a rule names the word as it stands."""
        return word in self._spelt or fold(word) in self._folded

    def read(self, word: str) -> Reading:
        """What the word is, or is most likely meant to be."""
        if len(word) > _LONGEST_READ:
            return Reading(_NONE, _NONE)
        folded = fold(word)
        exact = self._spelt.get(word, _NONE)
        if folded == word:
            exact = exact | self._folded.get(word, _NONE)
        exact = exact | self._spoken_or_strengthened(word, folded)
        found = exact | self._by_part(folded)
        if (exact and word not in self._foreign) or folded in self._common or len(folded) < _SHORTEST_GUESSED - 1:
            return Reading(found, _NONE)
        if len(folded) >= _SHORTEST_GUESSED and folded in self._folded:
            return Reading(found | self._folded[folded], _NONE)
        guessed = self._guess(folded)
        if folded in self._ordinary:
            return Reading(found, guessed)
        return Reading(found | guessed, _NONE)

    def neighbours(self, word: str) -> frozenset[str]:
        """The rules' words (folded) that are exactly one edit away; for making the ordinary list."""
        folded = fold(word)
        keys = (folded, *(folded[:at] + folded[at + 1 :] for at in range(len(folded))))
        candidates = {near for key in keys for near in self._near.get(key, ())}
        return frozenset(near for near in candidates if near != folded and one_edit(folded, near))

    def _spoken_or_strengthened(self, word: str, folded: str) -> Features:
        """``int`` for inte, ``jätteont`` for ont."""
        if word in self._spoken:
            return self._spelt.get(self._spoken[word], _NONE)
        if folded.startswith(self._intensifiers):
            for intensifier in self._intensifiers:
                rest = folded[len(intensifier) :]
                if len(rest) >= _SHORTEST_STRENGTHENED and folded.startswith(intensifier):
                    return self._folded.get(rest, _NONE)
        return _NONE

    def _by_part(self, folded: str) -> Features:
        found = _NONE
        for length in self._begin_lengths:
            if length > len(folded):
                break
            start = folded[:length]
            if start in self._begins:
                found = found | self._begins[start]
        if self._endings and folded.endswith(self._endings):
            for ending, features in self._ends.items():
                if folded.endswith(ending):
                    found = found | features
        return found

    def _guess(self, folded: str) -> Features:
        near = self._near
        found = _NONE
        candidates = near.get(folded, ())
        for at in range(len(folded)):
            more = near.get(folded[:at] + folded[at + 1 :])
            if more:
                candidates = candidates + more
        for candidate in candidates:
            if one_edit(folded, candidate):
                found = found | self._hoped[candidate]
        return found


def one_edit(left: str, right: str) -> bool:
    """Whether one letter put in, left out, changed or swapped with the next turns left into right."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    shortest = min(len(left), len(right))
    while start < shortest and left[start] == right[start]:
        start += 1
    if len(left) == len(right):
        if left[start + 1 :] == right[start + 1 :]:
            return True
        swapped = left[start + 1 : start + 2] + left[start : start + 1] + left[start + 2 :]
        return swapped == right[start:]
    if len(left) < len(right):
        return left[start:] == right[start + 1 :]
    return left[start + 1 :] == right[start:]


def _deletions(word: str) -> set[str]:
    return {word, *(word[:at] + word[at + 1 :] for at in range(len(word)))}


def _add(table: dict[str, Features], key: str, features: Features) -> None:
    table[key] = table.get(key, _NONE) | features
