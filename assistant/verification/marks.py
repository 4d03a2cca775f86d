"""Marks the tokens of a text that are more than their meaning to a comparison: negations, hedges, numbers, names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from assistant.verification.names import BINDING, names_in
from assistant.verification.quantities import quantities_in
from assistant.verification.signs import certainties, duties, hedges, negations, pointers
from assistant.verification.words import words_in
from corpus.article import Language
from corpus.token_states import Tokens

MARKS = ("negation", "hedge", "certainty", "duty", "up", "down", "number", "name", "content")
"""What a token may be marked as, in the order of a row."""
Stretch = tuple[int, int]


def marks_of(text: str, tokens: Tokens, language: Language) -> NDArray[np.float32]:
    """A row of marks for each token of ``text``, 1 where it is one and 0 elsewhere, shape ``(tokens, marks)``."""
    found = np.zeros((len(tokens.ids), len(MARKS)), dtype=np.float32)
    for mark, stretches in enumerate(_stretches(text, language)):
        for start, end in stretches:
            touched = (tokens.spans[:, 0] < end) & (tokens.spans[:, 1] > start)
            found[touched, mark] = 1
    return found


def _stretches(text: str, language: Language) -> Iterator[Iterable[Stretch]]:
    """Where each kind of mark stands, in the order of ``MARKS``."""
    words = words_in(text, language)
    spans = [(word.start, word.end) for word in words]
    for places in (negations, hedges, certainties, duties):
        yield [spans[place] for place in places(words, language)]
    pointing = pointers(words, language)
    for side in ("up", "down"):
        yield [spans[pointer.place] for pointer in pointing if pointer.side == side]
    yield [(quantity.start, quantity.end) for quantity in quantities_in(text, language)]
    yield [(name.start, name.end) for name in names_in(text, language) if name.kind in BINDING]
    yield [span for span, word in zip(spans, words, strict=True) if word.content]
