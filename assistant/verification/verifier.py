"""Decides, outside any model, whether a sentence may be shown: the quotes it cites must carry all of it.

Rules first, cheapest first: form, citations, language, what may never be said, numbers and units, names, words that
turn or strengthen. Then the whole sentence is compared with the quotes word by word (:mod:`.comparer`), and held
against an entailment model where one is set. One fault is enough to drop it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from assistant.quotable import may_be_quoted
from assistant.verification.context import leans_on_another, under
from assistant.verification.entailment import ENTAILED, Entailment
from assistant.verification.rules import FORM, RULES, STRICT
from assistant.verification.verbatim import stands_in
from assistant.verification.verdict import Reason, Verdict
from assistant.verification.words import words_in
from assistant.writing.parse import Written
from corpus.article import Language

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

    def verify(
        self,
        sentence: Written,
        quotes: Sequence[str],
        language: Language,
        said: Sequence[Written] | None = None,
        lead_in: Written | None = None,
    ) -> Verdict:
        """Whether ``sentence`` may be shown. Its citations count ``quotes`` from 1.

        ``said`` is shown before it; None where it is judged by itself. ``lead_in`` is of the list whose item it is.
        """
        if sentence.fault:
            return Verdict(sentence.fault)
        if any(not 1 <= n <= len(quotes) for n in sentence.citations):
            return Verdict("unknown_citation")
        cited = [quotes[n - 1] for n in sentence.citations]
        if _says_again(sentence.text, [each.text for each in said or ()], language):
            return Verdict("repeats")
        reason, support = self._fault(sentence.text, cited, language)
        if reason is not None:
            return Verdict(reason, support=support)
        if self._stands_elsewhere(sentence, quotes, language, support or 0.0):
            return Verdict("miscited", support=support)
        needed = self._needed(sentence, quotes, language)
        reason = self._fault_of_place(sentence, needed, quotes, language, said, lead_in)
        return Verdict(reason, () if reason else needed, support)

    def _fault_of_place(
        self,
        sentence: Written,
        needed: Sequence[int],
        quotes: Sequence[str],
        language: Language,
        said: Sequence[Written] | None,
        lead_in: Written | None,
    ) -> Reason | None:
        """What is wrong with a sentence that is right by itself, where it stands; and the entailment model's veto."""
        if said is not None and leans_on_another(sentence, needed, said):
            return "context"
        text, cited = sentence.text, [quotes[n - 1] for n in needed]
        if lead_in is not None and sentence.role == "bullet":
            shared = [quotes[n - 1] for n in needed if n in lead_in.citations]
            if not shared:
                return "miscited"
            text = under(lead_in, sentence)
            if not any(
                stands_in(lead_in.text, [q], language) and stands_in(sentence.text, [q], language) for q in shared
            ):
                reason, _ = self._fault(text, cited, language)
                if reason is not None:
                    return reason
        if self._entailment and self._entailment.probability(cited, text) < ENTAILED:
            return "not_entailed"
        return None

    def _fault(self, text: str, cited: Sequence[str], language: Language) -> tuple[Reason | None, float | None]:
        """The first fault and the support; the support is None where a rule alone decides."""
        for reason in self._strict_faults(text, cited, language):
            return reason, None
        excuses = self._support.excuses
        broken = [reason for rule in RULES for reason in rule(text, cited, language)]
        for reason in broken:
            if reason not in excuses:
                return reason, None
        if stands_in(text, cited, language):
            return None, 1.0
        support = self._support.support(text, cited, language)
        for reason in broken:
            if support < excuses[reason]:
                return reason, support
        return ("unsupported" if support < self._support.threshold else None), support

    def _strict_faults(self, text: str, cited: Sequence[str], language: Language) -> Iterator[Reason]:
        for rule in FORM:
            yield from rule(text, cited, language)
        if not may_be_quoted(text, None, self._brand):
            yield "not_quotable"
        for rule in STRICT:
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
            if rest and self._fault(sentence.text, rest, language)[0] is None:
                kept.remove(n)
        return tuple(kept)


def _says_again(text: str, said: Sequence[str], language: Language) -> bool:
    own = {word.stem for word in words_in(text, language) if word.content}
    return bool(own) and any(
        len(own & {word.stem for word in words_in(earlier, language)}) >= _AGAIN * len(own) for earlier in said
    )
