"""How well the verifier tells true sentences from false ones: on labelled rewritings, and on mutations.

Mutations are made only of sentences that the verifier keeps: of what it would show, which falsehoods would it show?
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assistant.verification.verdict import Verdict
from assistant.verification.verifier import Verifier
from assistant.writing.parse import Written
from corpus.article import LANGUAGES, Language
from corpus.sentences import split_sentences
from evals.verification.cases import FAULT_KINDS, Falsehood, Record
from evals.verification.mutations import KINDS, Kind, Mutation, mutations_of
from evals.verification.stated import Stated
from evals.verification.tally import ALL, CAUGHT_AT_LEAST, TRUE_DROPPED_AT_MOST, Judged, Tally, tallies

SEED = 7
PER_KIND = 60
"""Mutations of each kind in each language and made of either, where so many can be made."""
_SHORTEST = 25
"""Characters from which a sentence of a quote says enough to be mutated."""

Advance = Callable[[int], object]


class Slip(BaseModel):
    """A sentence that the verifier took for what it is not, or could not be told from one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    language: Language
    text: str
    quotes: tuple[str, ...]
    reason: str | None
    made_of: str | None = None


Bases = Literal["the quotes' own sentences", "free rewordings"]
"""What mutations are made of: answers hold the one kind without a chat model, and anything up to the other with one."""


class Mutated(BaseModel):
    """Mutations of true sentences of one kind. ``kept`` of ``bases`` were kept by the verifier, and mutated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    made_of: Bases
    bases: int
    kept: int
    tallies: tuple[Tally, ...]

    @property
    def count(self) -> int:
        """How many mutations were judged."""
        return sum(tally.of for tally in self.tallies if tally.language == ALL)


class Measured(BaseModel):
    """What was measured on one set."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    set: str
    records: int
    rewritings: tuple[Tally, ...]
    mutations: tuple[Mutated, ...]
    slips: tuple[Slip, ...]


@dataclass(frozen=True, slots=True)
class _Made:
    """Mutations of kept sentences, and of how many true sentences how many were kept."""

    mutations: list[Mutation]
    bases: int
    kept: int


def measure(
    name: str,
    records: Sequence[Record],
    verifier: Verifier,
    per_kind: int = PER_KIND,
    advance: Advance = lambda amount: None,
) -> Measured:
    """Both measurements on one set. ``advance`` is told of each record that is done; mutations come after."""
    rewritings, slips = _rewritings(records, verifier, advance)
    mutated: list[Mutated] = []
    for made_of, bases in _bases(records).items():
        found, taken_for_true = _mutated(made_of, bases, verifier, per_kind)
        mutated.append(found)
        slips += taken_for_true
    return Measured(
        set=name,
        records=len(records),
        rewritings=tuple(rewritings),
        mutations=tuple(mutated),
        slips=tuple(slips),
    )


def _bases(records: Sequence[Record]) -> dict[Bases, list[Stated]]:
    """The true sentences, those apart that stand in a quote letter by letter."""
    found: dict[Bases, list[Stated]] = {"the quotes' own sentences": [], "free rewordings": []}
    for stated in (stated for record in records for stated in true_sentences(record)):
        quoted = any(stated.text in quote for quote in stated.quotes)
        found["the quotes' own sentences" if quoted else "free rewordings"].append(stated)
    return found


def _mutated(made_of: Bases, bases: Sequence[Stated], verifier: Verifier, per_kind: int) -> tuple[Mutated, list[Slip]]:
    made = _mutations(bases, verifier, per_kind)
    judged: dict[Kind, list[Judged]] = defaultdict(list)
    slips: list[Slip] = []
    for mutation in made.mutations:
        verdict = _verdict(verifier, mutation.text, mutation.quotes, mutation.beside, mutation.language)
        judged[mutation.kind].append((mutation.language, verdict))
        if verdict.kept:
            slips.append(_slip_of_mutation(mutation))
    rows = [tally for kind in KINDS for tally in tallies(kind, judged[kind], bar=CAUGHT_AT_LEAST[kind])]
    return Mutated(made_of=made_of, bases=made.bases, kept=made.kept, tallies=tuple(rows)), slips


def _rewritings(records: Sequence[Record], verifier: Verifier, advance: Advance) -> tuple[list[Tally], list[Slip]]:
    true: list[Judged] = []
    false: dict[str, list[Judged]] = defaultdict(list)
    slips: list[Slip] = []
    for record in records:
        for sentence in (*record.supported, *record.unsupported):
            verdict = verifier.verify(sentence.written, record.quotes, record.language)
            kind = sentence.kind if isinstance(sentence, Falsehood) else None
            (false[kind] if kind else true).append((record.language, verdict))
            if verdict.kept == bool(kind):
                slips.append(
                    Slip(
                        what=kind or "true",
                        language=record.language,
                        text=sentence.text,
                        quotes=record.cited(sentence),
                        reason=verdict.reason,
                    )
                )
        advance(1)
    found = tallies("true, dropped", true, true=True, bar=TRUE_DROPPED_AT_MOST)
    return found + [tally for kind in FAULT_KINDS for tally in tallies(kind, false[kind])], slips


def _mutations(true: Sequence[Stated], verifier: Verifier, per_kind: int) -> _Made:
    """Up to ``per_kind`` of each kind and language, always the same ones for the same sentences and verifier."""
    rng = random.Random(SEED)
    bases = rng.sample(list(true), len(true))
    lacking = Counter({(kind, language): per_kind for kind in KINDS for language in LANGUAGES})
    made = _Made([], 0, 0)
    for stated in bases:
        wanted = [m for m in mutations_of(stated, rng) if lacking[m.kind, m.language] > 0]
        if not wanted:
            continue
        kept = _verdict(verifier, stated.text, stated.quotes, stated.others, stated.language).kept
        made = _Made(made.mutations, made.bases + 1, made.kept + kept)
        if kept:
            made.mutations.extend(wanted)
            lacking.subtract((m.kind, m.language) for m in wanted)
    return made


def true_sentences(record: Record) -> Iterator[Stated]:
    """The supported rewritings, and the sentences of the quotes themselves, apart from lists."""
    for sentence in record.supported:
        cited = record.cited(sentence)
        yield Stated(sentence.text, cited, tuple(q for q in record.quotes if q not in cited), record.language)
    for quote in record.quotes:
        if "\n" in quote:
            continue
        others = tuple(other for other in record.quotes if other != quote)
        for span in split_sentences(quote, record.language):
            text = quote[span.start : span.end]
            if len(text) >= _SHORTEST:
                yield Stated(text, (quote,), others, record.language)


def _verdict(
    verifier: Verifier, text: str, quotes: Sequence[str], beside: Sequence[str], language: Language
) -> Verdict:
    """Of a sentence that cites ``quotes``, in an answer that has those ``beside`` as well."""
    written = Written(text, "sentence", tuple(range(1, len(quotes) + 1)))
    return verifier.verify(written, (*quotes, *beside), language)


def _slip_of_mutation(mutation: Mutation) -> Slip:
    return Slip(
        what=f"mutated {mutation.kind}",
        language=mutation.language,
        text=mutation.text,
        quotes=mutation.quotes,
        reason=None,
        made_of=mutation.made_of,
    )
