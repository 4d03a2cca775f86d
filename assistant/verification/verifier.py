"""Decides, outside any model, whether a sentence may be shown: the quotes it cites must carry all of it.

Rules first, cheapest first: form, citations, language, what may never be said, numbers and units, names, words that
turn or strengthen. Then the whole sentence is compared with the quotes word by word (:mod:`.comparer`), and held
against an entailment model where one is set. One fault is enough to drop it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol

from assistant.quotable import may_be_quoted
from assistant.verification.advice import advises
from assistant.verification.edits import changed
from assistant.verification.entailment import ENTAILED, Entailment
from assistant.verification.names import BINDING, names_in
from assistant.verification.odd import is_odd
from assistant.verification.quantities import quantities_in, time_units_in
from assistant.verification.signs import certainties, negations, pointers
from assistant.verification.tongue import is_in
from assistant.verification.verdict import Reason, Verdict
from assistant.verification.words import Word, words_in
from assistant.writing.parse import Written
from corpus.article import Language

_MEASURES_OF_TIME = frozenset(("year", "time"))
_SURE, _CLEARLY_BETTER = 0.9, 0.2
"""A sentence with that much support is rightly cited; below it, another quote with so much more is the right one."""
_AGAIN = 0.98
"""Of a sentence's words, the share from which on an earlier one said the same."""


class Support(Protocol):
    """Tells how well quotes carry a sentence."""

    threshold: float
    """The support from which on a sentence counts as carried."""
    excuses: Mapping[Reason, float]
    """For rules that are often wrong, the support from which on their finding does not count."""

    def support(self, sentence: str, quotes: Sequence[str], language: Language) -> float:
        """How well the quotes, taken together, carry the sentence, 0 to 1."""


class Verifier:
    """Judges sentences against quotes. Safe to share between threads."""

    def __init__(self, support: Support, entailment: Entailment | None = None, brand: str = "") -> None:
        self._support = support
        self._entailment = entailment
        self._brand = brand

    def warm_up(self) -> None:
        """Load what the first sentence would load. Raises ModelUnavailable where an entailment model is missing."""
        self._support.support("Iron.", ["Iron."], "en")
        if self._entailment:
            self._entailment.probability(["Iron."], "Iron.")

    def verify(self, sentence: Written, quotes: Sequence[str], language: Language, said: Sequence[str] = ()) -> Verdict:
        """Whether ``sentence`` may be shown. Its citations count ``quotes`` from 1; ``said`` was shown before it."""
        if sentence.fault:
            return Verdict(sentence.fault)
        if any(not 1 <= n <= len(quotes) for n in sentence.citations):
            return Verdict("unknown_citation")
        cited = [quotes[n - 1] for n in sentence.citations]
        if _says_again(sentence.text, said, language):
            return Verdict("repeats")
        reason, support = self._fault(sentence, cited, language)
        if reason is not None:
            return Verdict(reason, support=support)
        if self._stands_elsewhere(sentence, quotes, language, support or 0.0):
            return Verdict("miscited", support=support)
        if self._entailment and self._entailment.probability(cited, sentence.text) < ENTAILED:
            return Verdict("not_entailed", support=support)
        return Verdict(None, self._needed(sentence, quotes, language), support)

    def _fault(self, sentence: Written, cited: Sequence[str], language: Language) -> tuple[Reason | None, float | None]:
        """The first fault and the support; the support is None where a rule alone decides."""
        broken = list(self._broken_rules(sentence, cited, language))
        excuses = self._support.excuses
        for reason in broken:
            if reason not in excuses:
                return reason, None
        support = self._support.support(sentence.text, cited, language)
        for reason in broken:
            if support < excuses[reason]:
                return reason, support
        return ("unsupported" if support < self._support.threshold else None), support

    def _broken_rules(self, sentence: Written, cited: Sequence[str], language: Language) -> Iterator[Reason]:
        text = sentence.text
        if not is_in(language, text, cited):
            yield "language"
        if is_odd(text, cited, language):
            yield "form"
        if not may_be_quoted(text, None, self._brand):
            yield "not_quotable"
        for rule in _RULES:
            yield from rule(text, cited, language)

    def _stands_elsewhere(self, sentence: Written, quotes: Sequence[str], language: Language, support: float) -> bool:
        """Whether a quote that is not cited carries the sentence clearly better than those that are."""
        if support >= _SURE:
            return False
        others = [quote for n, quote in enumerate(quotes, start=1) if n not in sentence.citations]
        return any(
            self._support.support(sentence.text, [quote], language) > support + _CLEARLY_BETTER for quote in others
        )

    def _needed(self, sentence: Written, quotes: Sequence[str], language: Language) -> tuple[int, ...]:
        """The citations without those that the sentence stands as well without."""
        kept = list(sentence.citations)
        for n in sentence.citations[::-1]:
            rest = [quotes[m - 1] for m in kept if m != n]
            if rest and self._fault(sentence, rest, language)[0] is None:
                kept.remove(n)
        return tuple(kept)


def _quantities(text: str, cited: Sequence[str], language: Language) -> Iterator[Reason]:
    held = [quantity for quote in cited for quantity in quantities_in(quote, language)]
    times = frozenset[str]().union(*(time_units_in(quote) for quote in cited))
    for said in quantities_in(text, language):
        same = [quantity for quantity in held if quantity.value == said.value]
        if not same and said.unit in times and _is_article(text[said.start : said.end]):
            if any(quantity.unit == said.unit for quantity in held):
                yield "number"
            continue  # "within a day" for "during the day"
        if not same:
            yield "number"
        elif not any(_same_unit(said.unit, quantity.unit) for quantity in same):
            yield "unit"
        elif all(q.comparison != said.comparison for q in same):
            yield "limit"
    if time_units_in(text) - times:
        yield "unit"


def _is_article(word: str) -> bool:
    return word.casefold() in ("a", "an", "en", "ett")


def _same_unit(said: str | None, quoted: str | None) -> bool:
    """A measure of time may be left out or put in, as in "aged 65"; any other is a part of the number."""
    return said == quoted or {said, quoted} <= {None, *_MEASURES_OF_TIME}


def _names(text: str, cited: Sequence[str], language: Language) -> Iterator[Reason]:
    held = {name.id for quote in cited for name in names_in(quote, language)}
    if any(name.id not in held for name in names_in(text, language) if name.kind in BINDING):
        yield "name"


def _edits(text: str, cited: Sequence[str], language: Language) -> Iterator[Reason]:
    for quote in cited:
        yield from changed(text, quote, language)


def _turned(text: str, cited: Sequence[str], language: Language) -> Iterator[Reason]:
    words = words_in(text, language)
    quoted = [words_in(quote, language) for quote in cited]
    if negations(words, language) and not any(negations(each, language) for each in quoted):
        yield "polarity"
    if certainties(words, language) and not any(certainties(each, language) for each in quoted):
        yield "modality"
    if _turns(words, language) != any(_turns(each, language) for each in quoted):
        return  # "not so many" for "few": the whole sentence decides
    held = {(p.axis, p.side) for each in quoted for p in pointers(each, language)}
    for pointer in pointers(words, language):
        other = "down" if pointer.side == "up" else "up"
        if (pointer.axis, pointer.side) not in held and (pointer.axis, other) in held:
            yield "comparison"


def _turns(words: Sequence[Word], language: Language) -> bool:
    return bool(negations(words, language))


def _advice(text: str, cited: Sequence[str], language: Language) -> Iterator[Reason]:
    if advises(text, cited, language):
        yield "advice"


_RULES: tuple[Callable[[str, Sequence[str], Language], Iterator[Reason]], ...] = (
    _advice,
    _quantities,
    _names,
    _edits,
    _turned,
)


def _says_again(text: str, said: Sequence[str], language: Language) -> bool:
    own = {word.stem for word in words_in(text, language) if word.content}
    return bool(own) and any(
        len(own & {word.stem for word in words_in(earlier, language)}) >= _AGAIN * len(own) for earlier in said
    )
