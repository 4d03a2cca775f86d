"""Small words with large effect: negations, hedges, words of certainty and duty, and words that point up or down."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

from assistant.verification.phrases import pattern_of, places
from assistant.verification.words import Word
from corpus.article import Language

_FILE = Path(__file__).with_name("signs.yaml")
Side = Literal["up", "down"]
_LEAST_AND_MOST = frozenset(("least", "most", "minst", "högst"))
_OR = frozenset(("or", "eller"))
_UNIT_WORDS = 3
"""Words of a unit that may stand between a number and "or more"."""
_SMALL_NUMBERS = frozenset("two three four five six seven eight nine ten två tre fyra fem sex sju åtta nio tio".split())


class _Lists(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    negation: dict[Language, str]
    not_negation: dict[Language, str]
    hedge: dict[Language, str]
    certain: dict[Language, str]
    not_certain: dict[Language, str]
    duty: dict[Language, str]
    advice: dict[Language, str]
    axes: dict[str, dict[Side, dict[Language, str]]]


@dataclass(frozen=True, slots=True)
class Pointer:
    """A word on an axis: "more" points up the axis "amount". ``place`` is its number among the words given."""

    axis: str
    side: Side
    place: int


def negations(words: Sequence[Word], language: Language) -> list[int]:
    """Places of the negations; "not only" is none."""
    spared = set(places(words, _of("not_negation", language), whole=True))
    return [place for place in places(words, _of("negation", language)) if place not in spared]


def hedges(words: Sequence[Word], language: Language) -> list[int]:
    """Places of what weakens what is said: "may", "some", "often"."""
    return places(words, _of("hedge", language))


def is_hedged(words: Sequence[Word], language: Language) -> bool:
    """Whether anything weakens what is said."""
    return bool(hedges(words, language))


def certainties(words: Sequence[Word], language: Language) -> list[int]:
    """Places of words that allow no exception: "always", "all", "proven"; "above all" is none."""
    spared = set(places(words, _of("not_certain", language), whole=True))
    return [place for place in places(words, _of("certain", language)) if place not in spared]


def duties(words: Sequence[Word], language: Language) -> list[int]:
    """Places of words that tell somebody what to do: "should", "avoid"."""
    return places(words, _of("duty", language))


def gives_advice(words: Sequence[Word], language: Language) -> bool:
    """Whether anything in the words could be meant by a word of duty: "is best avoided", "needs"."""
    return bool(places(words, _of("advice", language)))


def pointers(words: Sequence[Word], language: Language) -> list[Pointer]:
    """The words that point up or down an axis, in order; apart from those that make a number a limit.

    "At least 8" and "8 or more" are one limit, told with the number itself in
    :mod:`assistant.verification.quantities`, and point to opposite sides by their words alone.
    """
    found = [Pointer(axis, side, place) for axis, side, pattern in _axes(language) for place in places(words, pattern)]
    return sorted((p for p in found if not _is_limit(words, p.place)), key=lambda pointer: pointer.place)


def _is_limit(words: Sequence[Word], place: int) -> bool:
    before, behind = words[max(0, place - 1 - _UNIT_WORDS) : place], words[place + 1 : place + 2]
    if words[place].text in _LEAST_AND_MOST:
        return any(_is_number(word) for word in behind)
    return bool(before) and before[-1].text in _OR and any(_is_number(word) for word in before)


def _is_number(word: Word) -> bool:
    return word.text[0].isdigit() or word.text in _SMALL_NUMBERS


def _of(name: str, language: Language) -> re.Pattern[str]:
    return _patterns()[name, language]


@cache
def _lists() -> _Lists:
    return _Lists.model_validate(yaml.safe_load(_FILE.read_text(encoding="utf-8")))


@cache
def _patterns() -> dict[tuple[str, Language], re.Pattern[str]]:
    lists = _lists()
    named = ("negation", "not_negation", "hedge", "certain", "not_certain", "duty", "advice")
    return {(name, language): pattern_of(words) for name in named for language, words in getattr(lists, name).items()}


@cache
def _axes(language: Language) -> tuple[tuple[str, Side, re.Pattern[str]], ...]:
    return tuple(
        (axis, side, pattern_of(words[language]))
        for axis, sides in _lists().axes.items()
        for side, words in sides.items()
    )
