"""Checks that an index version can really be searched, by looking passages up by their own vectors."""

from __future__ import annotations

import numpy as np

from corpus.article import Language
from corpus.index import Index
from errors import IndexUnusable

SELF_CHECKS = 200
"""How many passages a language are looked up in a new version before it may answer."""


def check(index: Index, sample: int = SELF_CHECKS) -> None:
    """Up to ``sample`` passages a language must be whole: a count stays right when vectors are gone.

    Closes ``index``.

    Raises:
        IndexUnusable: more than one in a hundred did not.
    """
    try:
        for language, shelf in index.shelves.items():
            rows = range(0, len(shelf), max(1, len(shelf) // sample))
            lost = sum(not _is_whole(index, language, row) for row in rows)
            if lost > len(rows) // 100:
                raise IndexUnusable(
                    f"The index in {index.folder} failed its check: {lost} of {len(rows)} passages do not find "
                    "themselves or have lost vectors. Run: python -m corpus sync"
                )
    finally:
        index.close()


def _is_whole(index: Index, language: Language, row: int) -> bool:
    """Whether its own vector brings the passage (or one with the same vector) first, and its sentences have theirs."""
    vector, sentences = index.shelves[language].embedded(row)
    lengths = np.linalg.norm(sentences.astype(np.float32), axis=1)
    if not np.all(np.abs(lengths - 1) < 0.01):
        return False
    rows, similarities = index.vectors.nearest(language, vector, 1)
    return bool(len(rows)) and (rows[0] == row or similarities[0] > 0.9999)
