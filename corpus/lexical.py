"""BM25 over stemmed words and over character 5-grams, for one language. The bm25s and PyStemmer adapter.

Words find what is meant exactly, 5-grams find what compounds and inflections hide ("sömnproblem",
"problem med sömnen"). Scores are divided by the best a passage could reach for the query, so they run
from 0 (no word in common) to nearly 1 and mean the same in a small corpus as in a large one.

BM25: Robertson & Zaragoza, The Probabilistic Relevance Framework (2009), in Lucene's form; bm25s: Lù (2024).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import bm25s
import numpy as np
import Stemmer
from numpy.typing import NDArray

from corpus.article import Language

Tokeniser = Callable[[str], list[str]]

_WORD = re.compile(r"\w+(?:[-/]\w+)*")
_PART = re.compile(r"\w+")
_STEMMER_NAMES = {"sv": "swedish", "en": "english"}
_GRAM = 5
K1, B = 1.2, 0.75


def words_of(text: str) -> list[str]:
    """The words of ``text`` in lower case. "25-OH-D" is kept whole and also given in its parts."""
    words = []
    for match in _WORD.finditer(text.casefold()):
        word = match.group()
        words.append(word)
        if not word.isalnum():
            words.extend(_PART.findall(word))
    return words


def stems(language: Language) -> Tokeniser:
    """A tokeniser to stemmed words."""
    stemmer = Stemmer.Stemmer(_STEMMER_NAMES[language])

    def tokenise(text: str) -> list[str]:
        return list(stemmer.stemWords(words_of(text)))

    return tokenise


def character_grams(text: str) -> list[str]:
    """Overlapping 5-grams of each word with its edges marked; a shorter word is one gram."""
    grams: list[str] = []
    for word in _PART.findall(text.casefold()):
        edged = f"_{word}_"
        grams.extend(edged[i : i + _GRAM] for i in range(max(1, len(edged) - _GRAM + 1)))
    return grams


class LexicalIndex:
    """Two BM25 indexes over the same passages, numbered by row."""

    def __init__(self, stemmed: Bm25, grams: Bm25, vocabulary: dict[str, int]) -> None:
        self._stemmed = stemmed
        self._grams = grams
        self.vocabulary = vocabulary
        """How often each word (lower case, unstemmed) stands in the passages."""

    @classmethod
    def build(cls, texts: Sequence[str], language: Language) -> LexicalIndex:
        """Index ``texts``; row i is ``texts[i]``. There must be at least one."""
        vocabulary = Counter(word for text in texts for word in words_of(text))
        return cls(Bm25.build(texts, stems(language)), Bm25.build(texts, character_grams), dict(vocabulary))

    def save(self, folder: Path) -> None:
        """Write everything under ``folder``."""
        self._stemmed.save(folder / "stems")
        self._grams.save(folder / "grams")
        (folder / "vocabulary.json").write_text(json.dumps(self.vocabulary, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def open(cls, folder: Path, language: Language) -> LexicalIndex:
        """Read what :meth:`save` wrote; the large arrays stay on disk, mapped."""
        return cls(
            Bm25.open(folder / "stems", stems(language)),
            Bm25.open(folder / "grams", character_grams),
            json.loads((folder / "vocabulary.json").read_text(encoding="utf-8")),
        )

    def scores(self, query: str) -> NDArray[np.float32]:
        """One score a row, 0 to 1, bigger is better; the mean of the two indexes."""
        return (self._stemmed.scores(query) + self._grams.scores(query)) / np.float32(2)

    def gram_scores(self, query: str) -> NDArray[np.float32]:
        """One score a row by the 5-grams alone, 0 to 1."""
        return self._grams.scores(query)

    def coverage(self, query: str, text: str) -> float:
        """The share of the query's words, weighted by rarity, that stand in ``text``: 0 to 1."""
        return self._stemmed.coverage(query, text)

    def rarity(self, query: str) -> Iterator[tuple[str, float]]:
        """Each stem of the query with its inverse document frequency; bigger is rarer."""
        return self._stemmed.rarity(query)


class Bm25:
    """One bm25s index with the inverse document frequencies it was built with."""

    def __init__(self, index: bm25s.BM25, tokenise: Tokeniser, idf: NDArray[np.float32], size: int) -> None:
        self._index = index
        self._tokenise = tokenise
        self._idf = idf
        self._size = size
        self._unseen_idf = float(np.log(1 + (size + 0.5) / 0.5))

    @classmethod
    def build(cls, texts: Sequence[str], tokenise: Tokeniser) -> Bm25:
        tokens = [tokenise(text) for text in texts]
        index = bm25s.BM25(k1=K1, b=B, method="lucene")
        index.index(tokens, show_progress=False)
        document_frequency = Counter(token for passage in tokens for token in set(passage))
        idf = np.zeros(len(index.vocab_dict), dtype=np.float32)
        for token, number in index.vocab_dict.items():
            found_in = document_frequency[token]
            idf[number] = np.log(1 + (len(texts) - found_in + 0.5) / (found_in + 0.5))
        return cls(index, tokenise, idf, len(texts))

    def save(self, folder: Path) -> None:
        self._index.save(folder, show_progress=False)
        np.save(folder / "idf.npy", self._idf)
        (folder / "size.json").write_text(json.dumps(self._size))

    @classmethod
    def open(cls, folder: Path, tokenise: Tokeniser) -> Bm25:
        index = bm25s.BM25.load(folder, mmap=True, show_progress=False)
        size = json.loads((folder / "size.json").read_text())
        return cls(index, tokenise, np.load(folder / "idf.npy"), size)

    def scores(self, query: str) -> NDArray[np.float32]:
        tokens = self._tokenise(query)
        # A word said twice counts twice in the score, so also in the best there could be.
        best = sum(self._idf_of(token) for token in tokens)
        known = [token for token in tokens if token in self._index.vocab_dict]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._index.get_scores(known), dtype=np.float32) / np.float32(best)

    def rarity(self, query: str) -> Iterator[tuple[str, float]]:
        for token in dict.fromkeys(self._tokenise(query)):
            yield token, self._idf_of(token)

    def coverage(self, query: str, text: str) -> float:
        weights = dict(self.rarity(query))
        found = set(self._tokenise(text))
        total = sum(weights.values())
        return sum(weight for token, weight in weights.items() if token in found) / total if total else 0.0

    def _idf_of(self, token: str) -> float:
        number = self._index.vocab_dict.get(token)
        return self._unseen_idf if number is None else float(self._idf[number])
