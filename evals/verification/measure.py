"""How well the verifier tells true sentences from false ones: on labelled rewritings, and on mutations.

Mutations are made only of sentences that the verifier keeps: of what it would show, which falsehoods would it show?
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from assistant.verification.verdict import Verdict
from assistant.verification.verifier import Verifier
from assistant.writing.parse import Written
from corpus.article import LANGUAGES, Language
from corpus.sentences import split_sentences
from evals.verification.cases import FAULT_KINDS, Falsehood, Record
from evals.verification.mutations import KINDS, Kind, Mutation, mutations_of
from evals.verification.stated import Stated
from evals.verification.tally import CAUGHT_AT_LEAST, TRUE_DROPPED_AT_MOST, Judged, Tally, tallies

SEED = 7
PER_KIND = 60
"""Mutations of each kind in each language, where so many can be made."""
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


class Measured(BaseModel):
    """What was measured on one set. ``kept_bases`` of ``bases`` true sentences were kept and mutated."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    set: str
    records: int
    rewritings: tuple[Tally, ...]
    mutations: tuple[Tally, ...]
    bases: int
    kept_bases: int
    slips: tuple[Slip, ...]

    @property
    def mutation_count(self) -> int:
        """How many mutations were judged."""
        return sum(tally.of for tally in self.mutations if tally.language == "both")


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
    made = _mutations(records, verifier, per_kind)
    judged: dict[Kind, list[Judged]] = defaultdict(list)
    for mutation in made.mutations:
        verdict = _verdict(verifier, mutation.text, mutation.quotes, mutation.beside, mutation.language)
        judged[mutation.kind].append((mutation.language, verdict))
        if verdict.kept:
            slips.append(_slip_of_mutation(mutation))
    return Measured(
        set=name,
        records=len(records),
        rewritings=tuple(rewritings),
        mutations=tuple(t for kind in KINDS for t in tallies(kind, judged[kind], bar=CAUGHT_AT_LEAST[kind])),
        bases=made.bases,
        kept_bases=made.kept,
        slips=tuple(slips),
    )


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


def _mutations(records: Sequence[Record], verifier: Verifier, per_kind: int) -> _Made:
    """Up to ``per_kind`` of each kind and language, always the same ones for the same records and verifier."""
    rng = random.Random(SEED)
    bases = [stated for record in records for stated in true_sentences(record)]
    rng.shuffle(bases)
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
