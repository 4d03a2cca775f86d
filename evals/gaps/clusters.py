"""Groups questions that ask about one thing, in both languages, by what they mean.

The packaged model's cosines all lie between 0.75 and 1, and a question's language and form weigh more in them than
its subject does. So each language's mean is taken off first: of the questions at hand and a few everyday ones, which
keep the mean steady where there are few. The rest is agglomerative clustering with average linkage on cosine distance.

``CUT`` was chosen on made-up questions: 64 about eight subjects, and 52 harder ones, about seven subjects, some of
them nearly alike, and ten that stand alone. Share of the pairs put together that belong together, and of
those that do the share found: 0.99 and 0.71 of the first, 0.89 and 0.51 of the second. Neither set is held out. Of two
to eight questions at a time, 1 to 6% of the unlike pairs are put together. A subject asked about in several ways
comes out as two or three groups rather than mixed with another.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage

from corpus.article import LANGUAGES, Language
from corpus.embedder import Vectors
from errors import UsageError

Embed = Callable[[list[str]], Vectors]
"""Gives a unit vector for each text, shape (texts, dimension)."""

CUT = 0.80
"""Mean cosine distance, 0 to 2, above which two groups stay apart."""
MOST = 8_000
"""So many different questions at most: each pair takes eight bytes."""
_EVERYDAY = Path(__file__).with_name("everyday_questions.txt")


def centred(vectors: Vectors, languages: Sequence[Language], everyday: Vectors) -> Vectors:
    """Unit vectors less their language's mean, over them and ``everyday`` (as :func:`everyday_questions` has them)."""
    centres = {}
    for language in LANGUAGES:
        own = vectors[[at == language for at in languages]]
        usual = everyday[[at == language for at, _ in everyday_questions()]]
        centres[language] = np.concatenate([own, usual]).mean(axis=0)
    moved = vectors - np.stack([centres[language] for language in languages])
    lengths = np.linalg.norm(moved, axis=1, keepdims=True)
    return np.asarray(moved / np.where(lengths == 0, 1, lengths), dtype=np.float32)


def groups(vectors: Vectors, cut: float = CUT) -> list[list[int]]:
    """Places of ``vectors`` (unit length) that belong together, each group in order, the groups by their first.

    Raises:
        UsageError: there are more than ``MOST``.
    """
    if len(vectors) > MOST:
        raise UsageError(f"{len(vectors)} different questions are more than the {MOST} that can be grouped at once.")
    if len(vectors) < 2:
        return [[place] for place in range(len(vectors))]
    rows, columns = np.triu_indices(len(vectors), 1)
    similar = (vectors @ vectors.T)[rows, columns]
    labels = fcluster(linkage(np.clip(1.0 - similar, 0.0, 2.0), "average"), cut, "distance")
    found: dict[int, list[int]] = {}
    for place, label in enumerate(labels):
        found.setdefault(int(label), []).append(place)
    return list(found.values())


def most_central(vectors: Vectors, weights: Sequence[int]) -> int:
    """The place of the vector nearest to the mean; ``weights`` says how often each counts."""
    mean = np.average(vectors, axis=0, weights=weights)
    return int(np.argmax(vectors @ mean))


@cache
def everyday_questions() -> tuple[tuple[Language, str], ...]:
    """Questions of every kind, by language."""
    lines = (line.split(" ", 1) for line in _EVERYDAY.read_text(encoding="utf-8").splitlines())
    return tuple(("en" if language == "en" else "sv", question) for language, question in lines)
