"""What no sentence may do to the articles' word on seeking care: put it off, narrow it, talk out of it, or take away
its haste.

"Wait before calling 112" has all words of "call 112" and little else, so the comparison takes it for the same; whoever
believes it comes too late. So these rules are never excused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import TypeAdapter

from assistant.verification.phrases import pattern_of, places
from assistant.verification.signs import negations
from assistant.verification.words import Word, words_in
from corpus.article import Language

_FILE = Path(__file__).with_name("care.yaml")
_NEAR = 3
"""Words before an act of seeking care, or before a word of delay, in which "not" takes it away."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
_List = Literal[
    "act",
    "not_act",
    "at_once",
    "at_once_said",
    "same_day",
    "same_day_said",
    "soon",
    "soon_said",
    "wait",
    "delay",
    "shun",
    "between",
    "first",
    "afterwards",
    "almost",
    "almost_said",
]
_ALMOST: tuple[_List, ...] = ("almost", "almost_said")
_LISTS = TypeAdapter(dict[_List, dict[Language, str]])
_HASTE: tuple[tuple[tuple[_List, ...], int], ...] = (
    (("at_once", "at_once_said"), 3),
    (("same_day", "same_day_said"), 2),
    (("soon", "soon_said"), 1),
)
"""How great the haste of a list's words is: of the first of each in a quote, of either in a sentence."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What a quote says of one act of seeking care: its words, and the least of the hastes it names."""

    words: tuple[Word, ...]
    haste: int


def puts_off_care(text: str, quotes: Sequence[str], language: Language) -> bool:
    """Whether the sentence delays or discourages what a quote says of seeking care, or is in less haste than it."""
    words = words_in(text, language)
    quoted = [words_in(quote, language) for quote in quotes]
    acts = _acts(words, language)
    if not acts and not any(_acts(each, language) for each in quoted):
        return False
    if _delays(words, language, acts) and not any(_delays(each, language) for each in quoted):
        return True
    if not acts:
        return False
    if _shuns(words, language) and not any(_shuns(each, language) for each in quoted):
        return True
    part = _nearest(words, [part for quote in quotes for part in _parts(quote, language)])
    if part is None:
        return False
    if _in(part.words, "almost", language) and not any(_in(words, name, language) for name in _ALMOST):
        return True  # "if you pass no urine" for "almost no urine"
    return _haste_said(words, language) < part.haste or _comes_after(words, part, language)


def _acts(words: Sequence[Word], language: Language) -> list[int]:
    """The places of what asks for care; what "calls for a test" does not."""
    spared = set(_in(words, "not_act", language))
    return [place for place in _in(words, "act", language) if place not in spared]


def _delays(words: Sequence[Word], language: Language, acts: Sequence[int] = (0,)) -> bool:
    """Whether a word of delay stands there that is not denied: "do not wait" is none.

    Where there is no act of seeking care, only the plain words count: "wait and see", but not "later".
    """
    delays = [*_in(words, "wait", language), *(_in(words, "delay", language) if acts else ())]
    denied = {
        near for place in negations(words, language) for near in range(place - 1, place + _NEAR + 1) if near != place
    }
    return any(place not in denied for place in delays)


def _shuns(words: Sequence[Word], language: Language) -> bool:
    """Whether an act of seeking care is denied: "do not call", "undvik att kontakta", "sök inte vård"."""
    acts, waits = _acts(words, language), _in(words, "wait", language)
    spared = {*_in(words, "between", language), *waits, *acts}
    return any(
        place == act + 1 or (act - _NEAR <= place < act and not spared & set(range(place + 1, act)))
        for place in _in(words, "shun", language)
        if place - 1 not in waits  # "vänta inte med att söka"
        for act in acts
        if words[place].clause == words[act].clause
    )


def _comes_after(words: Sequence[Word], part: _Part, language: Language) -> bool:
    """Whether care is sought after what a quote has it sought before."""
    if not _in(part.words, "first", language) or _in(words, "first", language):
        return False
    return bool(_in(words, "afterwards", language)) and not _in(part.words, "afterwards", language)


def _nearest(words: Sequence[Word], parts: Sequence[_Part]) -> _Part | None:
    """The part that has most of the sentence's words; of several the one in least haste."""
    said = {word.stem for word in words if word.content}
    shared = [len(said & {word.stem for word in part.words}) for part in parts]
    if not shared or max(shared) == 0:
        return None
    return min((part for part, n in zip(parts, shared, strict=True) if n == max(shared)), key=lambda part: part.haste)


def _parts(quote: str, language: Language) -> Iterator[_Part]:
    """The quote's acts of seeking care, each with what is said up to the next one in the same sentence."""
    for sentence in _SENTENCE_END.split(quote):
        words = words_in(sentence, language)
        acts = _acts(words, language)
        for start, end in zip([0, *acts[1:]], [*acts[1:], len(words)], strict=True) if acts else ():
            yield _Part(tuple(words[start:end]), _haste_quoted(words[start:end], language))


def _haste_said(words: Sequence[Word], language: Language) -> int:
    """The greatest haste that a sentence names, 0 for none to 3 for at once."""
    return max((haste for lists, haste in _HASTE if any(_in(words, name, language) for name in lists)), default=0)


def _haste_quoted(words: Sequence[Word], language: Language) -> int:
    """The least that a quote names: whoever is to come at once, the same day, may be told either."""
    return min((haste for lists, haste in _HASTE if _in(words, lists[0], language)), default=0)


def _in(words: Sequence[Word], name: _List, language: Language, whole: bool = False) -> list[int]:
    return places(words, _patterns()[name, language], whole)


@cache
def _patterns() -> dict[tuple[str, Language], re.Pattern[str]]:
    lists = _LISTS.validate_python(yaml.safe_load(_FILE.read_text(encoding="utf-8")))
    return {(name, language): pattern_of(words) for name, by in lists.items() for language, words in by.items()}
