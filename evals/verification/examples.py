"""What the comparison is trained on: sentences with the quotes they are said to rest on, true and false."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.verification.words import words_in
from corpus.article import Language
from evals.verification.cases import Record
from evals.verification.mutations import KINDS, Kind, mutations_of
from evals.verification.stated import Stated

_WITH_ANOTHER = 0.5
"""How often a true sentence is shown once more beside a quote that has nothing to do with it."""
_EXCHANGES = 2
"""False sentences made of each true one by exchanging any two of its words."""


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence, the quotes it cites, and whether they carry it."""

    text: str
    quotes: tuple[str, ...]
    language: Language
    carried: bool


@dataclass(frozen=True, slots=True)
class Examples:
    """``written`` by hand; ``true``, and ``false`` by kind, made from those.

    ``exchanged``: two words change places. ``unrelated``: true sentences beside quotes of another record.
    """

    written: list[Example]
    true: list[Example]
    false: dict[Kind, list[Example]]
    exchanged: list[Example]
    unrelated: list[Example]

    @property
    def all(self) -> list[Example]:
        """Every one of them."""
        return [
            *self.written,
            *self.true,
            *self.exchanged,
            *self.unrelated,
            *(e for some in self.false.values() for e in some),
        ]


def examples_of(records: Sequence[Record], rng: random.Random) -> Examples:
    """The examples of ``records``, and what can be made of them mechanically."""
    written = [
        Example(sentence.text, record.cited(sentence), record.language, carried)
        for record in records
        for carried, sentences in ((True, record.supported), (False, record.unsupported))
        for sentence in sentences
    ]
    true: list[Example] = []
    false: dict[Kind, list[Example]] = {kind: [] for kind in KINDS}
    exchanged: list[Example] = []
    for stated in statements_of(records):
        for made in mutations_of(stated, rng):
            false[made.kind].append(Example(made.text, made.quotes, made.language, False))
        exchanged += [Example(text, stated.quotes, stated.language, False) for text in _exchanges(stated, rng)]
        verbatim = stated.text in stated.quotes
        if stated.others and rng.random() < _WITH_ANOTHER:
            true.append(Example(stated.text, (*stated.quotes, rng.choice(stated.others)), stated.language, True))
        elif verbatim:
            true.append(Example(stated.text, stated.quotes, stated.language, True))
    return Examples(written, true, false, exchanged, list(_unrelated(records, rng)))


def statements_of(records: Sequence[Record]) -> Iterator[Stated]:
    """Every true sentence: those written from the quotes, and the quotes' own sentences, each once."""
    seen: set[str] = set()
    for record in records:
        for sentence in record.supported:
            quotes = record.cited(sentence)
            yield Stated(sentence.text, quotes, tuple(q for q in record.quotes if q not in quotes), record.language)
        for quote in record.quotes:
            if quote not in seen and "\n" not in quote:
                seen.add(quote)
                yield Stated(quote, (quote,), tuple(q for q in record.quotes if q != quote), record.language)


def _unrelated(records: Sequence[Record], rng: random.Random) -> Iterator[Example]:
    for record in records:
        others = [
            other for other in rng.sample(list(records), min(5, len(records))) if other.language == record.language
        ]
        others = [other for other in others if not set(other.quotes) & set(record.quotes)]
        for sentence in record.supported:
            if others:
                yield Example(sentence.text, (rng.choice(rng.choice(others).quotes),), record.language, False)


def _exchanges(stated: Stated, rng: random.Random) -> Iterator[str]:
    """The sentence with two of its longer words exchanged: all its words are in the quotes, and it says nonsense."""
    text = stated.text
    words = [word for word in words_in(text, stated.language) if word.content and len(word.text) > 3]
    for _ in range(_EXCHANGES if len(words) > 2 else 0):
        one, other = sorted(rng.sample(words, 2), key=lambda word: word.start)
        if one.stem == other.stem or other.start - one.end < 4:
            continue
        first, second = text[one.start : one.end], text[other.start : other.end]
        yield text[: one.start] + second + text[one.end : other.start] + first + text[other.end :]
