"""How much of each article's title a query names, by the title's rarer character 5-grams.

On a health site the title is the subject: "Childhood rhabdomyosarcoma" is what every question on that page
names, and what a passage deep in it may never repeat.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from corpus.lexical import character_grams


class TitleIndex:
    """The titles of one language's articles, and which row has which."""

    def __init__(self, shares: sparse.csc_array, columns: dict[str, int], title_of_row: NDArray[np.int64]) -> None:
        self._shares = shares
        self._columns = columns
        self._title_of_row = title_of_row

    @classmethod
    def build(cls, title_of_each_row: Sequence[str], texts: Sequence[str]) -> TitleIndex:
        """Index the titles; how rare a 5-gram is, is counted over ``texts``, one a row. There must be at least one."""
        titles = sorted(set(title_of_each_row))
        grams = [set(character_grams(title)) for title in titles]
        found_in = Counter(gram for text in texts for gram in set(character_grams(text)))
        columns = {gram: i for i, gram in enumerate(sorted(set().union(*grams)))}
        rows, cols, shares = [], [], []
        for number, own in enumerate(grams):
            rarity = {gram: _idf(len(texts), found_in[gram]) for gram in own}
            total = sum(rarity.values()) or 1.0
            for gram in sorted(own):
                rows.append(number)
                cols.append(columns[gram])
                shares.append(rarity[gram] / total)
        matrix = sparse.csc_array((np.array(shares, np.float32), (rows, cols)), shape=(len(titles), len(columns)))
        place = {title: number for number, title in enumerate(titles)}
        return cls(matrix, columns, np.array([place[title] for title in title_of_each_row], dtype=np.int64))

    def save(self, folder: Path) -> None:
        """Write everything under ``folder``, which is made."""
        folder.mkdir(parents=True)
        sparse.save_npz(folder / "shares.npz", self._shares, compressed=False)
        np.save(folder / "title_of_row.npy", self._title_of_row)
        (folder / "columns.json").write_text(json.dumps(self._columns, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path) -> TitleIndex:
        """Read what :meth:`save` wrote."""
        columns = json.loads((folder / "columns.json").read_text(encoding="utf-8"))
        shares = sparse.csc_array(sparse.load_npz(folder / "shares.npz"))
        return cls(shares, columns, np.load(folder / "title_of_row.npy"))

    def scores(self, query: str) -> NDArray[np.float32]:
        """For each row, the share of its title that the query names, weighted by rarity: 0 to 1."""
        named = [self._columns[gram] for gram in set(character_grams(query)) if gram in self._columns]
        if not named:
            return np.zeros(len(self._title_of_row), dtype=np.float32)
        of_title = np.zeros(self._shares.shape[0], dtype=np.float32)
        starts, titles, shares = self._shares.indptr, self._shares.indices, self._shares.data
        for column in named:
            cells = slice(starts[column], starts[column + 1])
            of_title[titles[cells]] += shares[cells]
        return of_title[self._title_of_row]


def _idf(size: int, found_in: int) -> float:
    return float(np.log(1 + (size - found_in + 0.5) / (found_in + 0.5)))
