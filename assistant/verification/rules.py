"""The rules a sentence is held to besides the comparison, each telling what it finds.

Those of ``FORM`` and ``STRICT`` stand whatever the comparison says. Those of ``RULES`` are often wrong about free
wording, and what the comparison is sure of is excused from some of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from assistant.verification.advice import advises, orders
from assistant.verification.alternatives import turns_a_choice
from assistant.verification.amounts import same_amount
from assistant.verification.blending import blends
from assistant.verification.care import puts_off_care
from assistant.verification.causes import makes_a_cause
from assistant.verification.contradiction import contradicts_itself
from assistant.verification.diagnosis import diagnoses
from assistant.verification.edits import changed
from assistant.verification.names import BINDING, names_in
from assistant.verification.odd import is_odd
from assistant.verification.quantities import quantities_in, time_units_in
from assistant.verification.signs import certainties, negations, pointers
from assistant.verification.tongue import is_in
from assistant.verification.verdict import Reason
from assistant.verification.words import Word, words_in
from corpus.article import Language

Rule = Callable[[str, Sequence[str], Language], Iterator[Reason]]
"""Of a sentence, the quotes it cites and the language: every fault it finds."""
_MEASURES_OF_TIME = frozenset(("year", "time"))


def _form(text: str, cited: Sequence[str], language: Language) -> Iterator[Reason]:
    if not is_in(language, text, cited):
        yield "language"
    if is_odd(text, cited, language):
        yield "form"


def _of_health(text: str, cited: Sequence[str], language: Language) -> Iterator[Reason]:
    if puts_off_care(text, cited, language):
        yield "care"
    if diagnoses(text, cited, language):
        yield "diagnosis"
    if orders(text, cited, language):
        yield "advice"
    if turns_a_choice(text, cited, language):
        yield "comparison"


def _blended(text: str, cited: Sequence[str], language: Language) -> Iterator[Reason]:
    if blends(text, cited, language):
        yield "name"


def _contradicted(text: str, cited: Sequence[str], language: Language) -> Iterator[Reason]:
    if contradicts_itself(text, cited, language):
        yield "polarity"


def _quantities(text: str, cited: Sequence[str], language: Language) -> Iterator[Reason]:
    held = [quantity for quote in cited for quantity in quantities_in(quote, language)]
    times = frozenset[str]().union(*(time_units_in(quote) for quote in cited))
    converted: set[str | None] = set()
    for said in quantities_in(text, language):
        same = [quantity for quantity in held if quantity.value == said.value]
        if any(_same_unit(said.unit, quantity.unit) for quantity in same):
            if all(quantity.comparison != said.comparison for quantity in same):
                yield "limit"
            continue
        equal = [quantity for quantity in held if same_amount(said, quantity)]
        if equal:
            converted.add(said.unit)
            if all(quantity.comparison != said.comparison for quantity in equal):
                yield "limit"
        elif same:
            yield "unit"
        elif said.unit not in times or not _is_article(text[said.start : said.end]):
            yield "number"
        elif any(quantity.unit == said.unit for quantity in held):
            yield "number"  # "within a day" for "within three days", but not for "during the day"
    if time_units_in(text) - times - converted:
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


def _causes(text: str, cited: Sequence[str], language: Language) -> Iterator[Reason]:
    if makes_a_cause(text, cited, language):
        yield "modality"


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


FORM: tuple[Rule, ...] = (_form,)
STRICT: tuple[Rule, ...] = (_of_health, _blended, _contradicted)
RULES: tuple[Rule, ...] = (_advice, _quantities, _names, _edits, _causes, _turned)
