"""Makes false sentences of true ones, one change each, to see which of them the verifier drops.

Every change is mechanical and by a table, so that what is wrong is known: a number, a unit, a comparison, a polarity
word, a modality, a citation, two names exchanged, or a plausible clause appended. The verifier knows none of it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from corpus.article import Language
from evals.verification.figures import other_numbers, other_units
from evals.verification.stated import Stated
from evals.verification.swaps import swaps
from evals.verification.tables import tables
from evals.verification.turns import comparisons, modalities, polarities

Kind = Literal["number", "unit", "comparison", "polarity", "modality", "citation", "swap", "clause"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_WORD = re.compile(r"[^\W\d_]{5,}")
_SAYS_AS_MUCH = 0.6
"""A quote that holds this share of the words that the cited ones hold may carry the sentence too."""


@dataclass(frozen=True, slots=True)
class Mutation:
    """A false sentence, and the quotes it is said to rest on. ``beside`` are the answer's other quotes."""

    kind: Kind
    text: str
    quotes: tuple[str, ...]
    beside: tuple[str, ...]
    language: Language
    made_of: str


def mutations_of(stated: Stated, rng: random.Random) -> Iterator[Mutation]:
    """One false sentence of each kind that the sentence has something for. ``rng`` picks where several would do."""
    for kind, make in _MAKERS.items():
        texts = list(dict.fromkeys(text for text in make(stated) if _plain(text) != _plain(stated.text)))
        if texts:
            yield Mutation(kind, rng.choice(texts), stated.quotes, stated.others, stated.language, stated.text)
    wrong = [quote for quote in stated.others if not _may_carry(quote, stated)]
    if wrong:
        chosen = rng.choice(wrong)
        beside = (*stated.quotes, *(quote for quote in stated.others if quote != chosen))
        yield Mutation("citation", stated.text, (chosen,), beside, stated.language, stated.text)


def clauses(stated: Stated) -> Iterator[str]:
    """A clause is appended that no quote says."""
    bare = stated.text.rstrip(" .")
    held = _words(" ".join(stated.quotes))
    for clause in tables(stated.language).clauses:
        own = _words(clause)
        if len(own & held) * 2 < len(own):
            mark = " " if clause.split()[0] in ("och", "and") else ", "
            yield f"{bare}{mark}{clause}."


_MAKERS: dict[Kind, Callable[[Stated], Iterator[str]]] = {
    "number": other_numbers,
    "unit": other_units,
    "comparison": comparisons,
    "polarity": polarities,
    "modality": modalities,
    "swap": swaps,
    "clause": clauses,
}


def _may_carry(quote: str, stated: Stated) -> bool:
    own = _words(stated.text)
    return len(own & _words(quote)) >= _SAYS_AS_MUCH * len(own & _words(" ".join(stated.quotes)))


def _words(text: str) -> set[str]:
    """Words of five letters and more by their first five, which is enough to tell what they are about."""
    return {word[:5] for word in _WORD.findall(text.casefold())}


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.casefold()).strip()
