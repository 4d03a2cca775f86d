"""How much of a sentence the quotes cover: its words as they are written, and by what they mean.

The comparison sees how words stand to each other; these see what is in no quote at all, as a clause that was
appended. Nearness is the cosine of two tokens' states after the packaged model's last layer, the common part of all
tokens taken away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from wordfreq import zipf_frequency

from assistant.verification.words import Word, is_among, words_in
from corpus.article import Language
from corpus.token_states import Tokens

_COMMON_ZIPF = 7.0
_LEAST_RARITY = 0.5
_WEAKEST = 2
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Coverage:
    """Each from about 0 to 1, more is better.

    words            share of the content words that stand in the quotes, the rarer the heavier
    nearness         mean of each content word's nearest word in the quotes, the rarer the heavier
    weakest_clause   the same for the clause where it is least
    weakest_words    mean of the two words that are least near
    """

    words: float
    nearness: float
    weakest_clause: float
    weakest_words: float


NOTHING = Coverage(0.0, 0.0, 0.0, 0.0)
Text = tuple[str, Tokens]


def coverage_of(said: Text, quotes: Sequence[Text], language: Language, common: Vectors) -> Coverage:
    """Of the sentence ``said`` by ``quotes``. ``common``: the mean state after the last layer, shape ``(width,)``."""
    content = [word for word in words_in(said[0], language) if word.content]
    quoted = [word for text, _ in quotes for word in words_in(text, language)]
    if not content or not quoted:
        return NOTHING
    others = np.concatenate([_vectors(tokens, words_in(text, language), common) for text, tokens in quotes])
    near = (_vectors(said[1], content, common) @ others.T).max(axis=1)
    rarity = np.array([max(_LEAST_RARITY, _COMMON_ZIPF - zipf_frequency(word.text, language)) for word in content])
    held = np.array([is_among(word, quoted) for word in content], dtype=float)
    clauses = np.array([word.clause for word in content])
    return Coverage(
        words=float(np.average(held, weights=rarity)),
        nearness=float(np.average(near, weights=rarity)),
        weakest_clause=min(
            float(np.average(near[clauses == clause], weights=rarity[clauses == clause])) for clause in set(clauses)
        ),
        weakest_words=float(np.sort(near)[:_WEAKEST].mean()),
    )


def _vectors(tokens: Tokens, words: Sequence[Word], common: Vectors) -> Vectors:
    """A unit vector a word, the mean of its tokens; zeros for a word that was cut off."""
    found = np.zeros((len(words), len(common)), dtype=np.float32)
    for row, word in enumerate(words):
        inside = (tokens.spans[:, 0] < word.end) & (tokens.spans[:, 1] > word.start)
        if inside.any():
            vector = tokens.states[inside, -1].astype(np.float32).mean(axis=0) - common
            found[row] = vector / (np.linalg.norm(vector) + 1e-9)
    return found
