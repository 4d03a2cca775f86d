"""What a sentence changes in the wording of the quotes, where it keeps to their wording.

The words of both are laid side by side in their longest common runs. A short gap between two runs is an edit: other
words in the same place. An edit that touches a negation, a hedge, a word that points up or down, a name or a number
says something else than the quote did, whatever the rest has in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from assistant.verification.names import names_in
from assistant.verification.quantities import quantities_in
from assistant.verification.signs import certainties, is_hedged, negations, pointers
from assistant.verification.verdict import Reason
from assistant.verification.words import Word, words_in
from corpus.article import Language

_GAP = 5
"""Words of a quote that one edit may replace; a longer stretch was left out, and not changed."""
_KEPT = 0.5
"""The share of a sentence's words that must stand in common runs for its edits to be told."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Words of the sentence, and the words of the quote that stood in their place."""

    said: tuple[Word, ...]
    quoted: tuple[Word, ...]
    place: tuple[int, int]
    quoted_place: tuple[int, int]


def changed(text: str, quote: str, language: Language) -> tuple[Reason, ...]:
    """What the sentence changes in the wording of one quote; nothing where it does not keep to it."""
    found: list[Reason] = []
    for edit in edits(text, quote, language):
        said, quoted = _stretch(text, edit.place), _stretch(quote, edit.quoted_place)
        found += _changes(edit, said, quoted, language)
    return tuple(dict.fromkeys(found))


def edits(text: str, quote: str, language: Language) -> Iterator[Edit]:
    """The edits, in order; none where less than half of the sentence's words stand in common runs."""
    said, quoted = words_in(text, language), words_in(quote, language)
    matcher = SequenceMatcher(None, [w.stem for w in said], [w.stem for w in quoted], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size]
    if not said or sum(block.size for block in blocks) < _KEPT * len(said):
        return
    a = b = 0
    for block in blocks:
        yield from _edit(said[a : block.a], quoted[b : block.b], opening=b == 0 and a == 0)
        a, b = block.a + block.size, block.b + block.size
    yield from _edit(said[a:], quoted[b:], opening=False)


def _edit(said: Sequence[Word], quoted: Sequence[Word], opening: bool) -> Iterator[Edit]:
    if opening and len(quoted) > _GAP:
        quoted = quoted[-_GAP:] if said else ()
    if (said or quoted) and len(quoted) <= _GAP:
        yield Edit(tuple(said), tuple(quoted), _span(said), _span(quoted))


def _span(words: Sequence[Word]) -> tuple[int, int]:
    return (words[0].start, words[-1].end) if words else (0, 0)


def _stretch(text: str, place: tuple[int, int]) -> str:
    return text[place[0] : place[1]]


def _changes(edit: Edit, said: str, quoted: str, language: Language) -> Iterator[Reason]:
    if len(negations(edit.said, language)) % 2 != len(negations(edit.quoted, language)) % 2:
        yield "polarity"
    up_and_down = {(p.axis, p.side) for p in pointers(edit.said, language)}
    before = {(p.axis, p.side) for p in pointers(edit.quoted, language)}
    opposite = {(axis, "down" if side == "up" else "up") for axis, side in before}
    if up_and_down & opposite - before:
        yield "comparison"
    if edit.said and is_hedged(edit.quoted, language) and not is_hedged(edit.said, language):
        yield "modality"
    if certainties(edit.said, language) and not certainties(edit.quoted, language):
        yield "modality"
    names, names_before = ({name.id for name in names_in(part, language)} for part in (said, quoted))
    if names and names_before and not names & names_before:
        yield "name"
    numbers, numbers_before = ({q.value for q in quantities_in(part, language)} for part in (said, quoted))
    if numbers - numbers_before and numbers_before:
        yield "number"
