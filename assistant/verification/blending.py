"""Whether a sentence puts a name or a number of one quote into what another one says.

Of two quotes that a sentence cites, one says that liver holds vitamin A, and the other is about vitamin C; together
they have all the words of "liver holds a lot of vitamin C". So a clause that is clearly one quote's own may have a name
or a number of another quote only in the midst of words of that one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.quotable import leans_back
from assistant.verification.names import BINDING, names_in
from assistant.verification.quantities import quantities_in
from assistant.verification.words import Word, words_in
from corpus.article import Language

_CLEARLY, _MOST = 2, 0.6
"""A clause is one quote's own where that has so many more of its words than any other, and this share of them."""
_NEXT = 1
"""Words at each side of a name that show in whose midst it stands."""


@dataclass(frozen=True, slots=True)
class _Bound:
    """A name or a number in ``text[start:end]``; ``what`` is the same for every way it is written."""

    what: str
    start: int
    end: int


def blends(text: str, quotes: Sequence[str], language: Language) -> bool:
    """Whether a clause that is one quote's own has a name or a number that only another quote has."""
    if len(quotes) < 2:
        return False
    held = [{word.stem for word in words_in(quote, language)} for quote in quotes]
    bound = [{each.what for each in _bound(quote, language)} for quote in quotes]
    words = words_in(text, language)
    for clause in {word.clause for word in words}:
        inside = [word for word in words if word.clause == clause]
        own = {word.stem for word in inside if word.content}
        shares = sorted(((len(own & stems), n) for n, stems in enumerate(held)), reverse=True)
        (most, best), (next_most, _) = shares[:2]
        if most - next_most < _CLEARLY or most < _MOST * len(own) or leans_back(quotes[best]):
            continue
        for each in _bound(text, language):
            if not inside[0].start <= each.start < inside[-1].end or each.what in bound[best]:
                continue
            others = set[str]().union(*(held[n] for n in range(len(quotes)) if each.what in bound[n]))
            if any(stem in held[best] and stem not in others for stem in _beside(inside, each)):
                return True
    return False


def _bound(text: str, language: Language) -> Iterator[_Bound]:
    for name in names_in(text, language):
        if name.kind in BINDING:
            yield _Bound(name.id, name.start, name.end)
    for quantity in quantities_in(text, language):
        if text[quantity.start].isdigit():
            yield _Bound(quantity.value, quantity.start, quantity.end)


def _beside(words: Sequence[Word], bound: _Bound) -> Iterator[str]:
    """The stems of the words that say something next to it, before and behind."""
    before = [word.stem for word in words if word.content and word.end <= bound.start]
    behind = [word.stem for word in words if word.content and word.start >= bound.end]
    yield from (*before[-_NEXT:], *behind[:_NEXT])
