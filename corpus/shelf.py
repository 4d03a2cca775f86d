"""One language's passages in one index version: their vectors, their words, and how both are fused.

A passage's score for a query is

    z / 8 + lexical + 0.3 · title

where z says by how many standard deviations the passage's cosine stands above the mean over all
passages of its language (three parts from its best sentence's cosine, seven from its own), lexical is
the share of the best possible BM25 and title the share of the article's title that the query names
(both 0 to 1). Both mean the same
in a corpus of 30 passages and one of 100,000, which a rank or a min-max over the candidates does not. The
mean and the deviation need no scan: for unit vectors they are q·μ and √(qᵀΣq). Where query and passage
have different languages its stems only hurt; the 5-grams of names, numbers and cognates ("ferritin",
"hypothyroidism" and "hypotyreos") help a little, and the query's health words in the other language help
much, so there lexical is half of what the two reach, and title, which these words may name too, counts half.
What this was compared with is in docs/benchmarks.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.article import Language
from corpus.bilingual import other_words
from corpus.embedder import Embedder, Progress, Vectors
from corpus.lexical import LexicalIndex
from corpus.passage import Passage, PassageSentence
from corpus.spelling import Speller
from corpus.titles import TitleIndex

DENSE_SCALE = 8.0
SENTENCE_WEIGHT = 0.3
TITLE_WEIGHT = 0.3
ACROSS = 0.5
"""What words and titles count for where query and passage have different languages."""
CANDIDATES = 100
"""How many rows each side puts forward before fusion."""
TWINS = 400
"""How many rows the nearest may become with those that read the same added."""

Rows = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Scores:
    """Parallel arrays over candidate rows, best first."""

    rows: Rows
    fused: NDArray[np.float32]
    similarity: NDArray[np.float32]
    z: NDArray[np.float32]
    lexical: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Embedded:
    """The vectors of a run of passages: one a passage, and one a sentence where it has more than one."""

    keys: tuple[bytes, ...]
    passages: Vectors
    sentences: Vectors
    sentence_counts: NDArray[np.int64]


class Shelf:
    """The passages of one language, numbered by row, opened for reading."""

    def __init__(self, folder: Path, language: Language) -> None:
        self.language = language
        self.lexical = LexicalIndex.open(folder / "words", language)
        self._titles = TitleIndex.open(folder / "titles")
        self.speller = Speller(self.lexical.vocabulary, language)
        self.keys = [bytes(key) for key in np.load(folder / "keys.npy")]
        self.vectors: Vectors = np.asarray(np.load(folder / "vectors.npy", mmap_mode="r"))
        # A plain view: every slice of a memmap object costs some microseconds more.
        self._sentences = np.asarray(np.load(folder / "sentences.npy", mmap_mode="r"))
        self._starts = np.load(folder / "sentence_starts.npy")
        moments = np.load(folder / "moments.npz")
        self._mean, self._covariance = moments["mean"], moments["covariance"]
        self._twins = _Twins(np.load(folder / "first_of_same.npy"))

    def __len__(self) -> int:
        return len(self.keys)

    def score(
        self,
        query: str,
        query_language: Language,
        vector: Vectors,
        near: Rows,
        allowed: NDArray[np.bool_] | None = None,
    ) -> Scores:
        """Fuse the nearest rows with the lexically best ones.

        ``near`` are the rows nearest to ``vector``; ``allowed`` masks rows that filters let through.
        """
        own = query_language == self.language
        lexical, title = self._words_shared(query) if own else self._words_across(query, query_language)
        if allowed is not None:
            lexical = np.where(allowed, lexical, np.float32(0))
        rows = np.union1d(near, _best(lexical, CANDIDATES))
        similarity = np.asarray(self.vectors[rows] @ vector, dtype=np.float32)
        of_sentence = self._best_sentences(rows, similarity, vector)
        z = self.standardise((1 - SENTENCE_WEIGHT) * similarity + SENTENCE_WEIGHT * of_sentence, vector)
        fused = z / DENSE_SCALE + lexical[rows] + TITLE_WEIGHT * title[rows]
        order = np.lexsort((rows, -fused))
        # What is told to others is the share of words in common, which two languages do not have.
        shared = lexical[rows] if own else np.zeros(len(rows), dtype=np.float32)
        return Scores(rows[order], fused[order], similarity[order], z[order], shared[order])

    def _words_shared(self, query: str) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        return self.lexical.scores(query), self._titles.scores(query)

    def _words_across(self, query: str, language: Language) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        named = other_words(query, language)
        lexical = self.lexical.gram_scores(query)
        if named:
            lexical = lexical + self.lexical.scores(named)
        half = np.float32(ACROSS)
        return lexical * half, self._titles.scores(f"{query} {named}") * half

    def _best_sentences(self, rows: Rows, own: NDArray[np.float32], vector: Vectors) -> NDArray[np.float32]:
        """The cosine of each row's best sentence; its own where the passage is one sentence."""
        starts, ends = self._starts[rows], self._starts[rows + 1]
        counts = ends - starts
        best = np.where(counts > 0, np.float32(-1), own)
        if counts.any():
            owners = np.repeat(np.arange(len(rows)), counts)
            within = np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)
            cosines = self._sentences[starts[owners] + within].astype(np.float32) @ vector
            np.maximum.at(best, owners, cosines)
        return best

    def with_twins(self, rows: Rows) -> Rows:
        """``rows``, each with the rows that read the same behind it: the vector store holds one of them."""
        return self._twins.beside(rows)[:TWINS]

    def nearest_allowed(self, vector: Vectors, allowed: NDArray[np.bool_], count: int) -> Rows:
        """The rows nearest to ``vector`` among the allowed, by looking at each of them."""
        rows = np.flatnonzero(allowed)
        similarity = self.vectors[rows] @ vector
        return rows[_best(similarity, count)] if len(rows) > count else rows

    def sentence_similarities(self, row: int, count: int, vector: Vectors) -> NDArray[np.float32]:
        """The cosine of ``vector`` with each of the passage's ``count`` sentences, in order."""
        start, end = self._starts[row], self._starts[row + 1]
        if start == end:
            return np.full(count, float(self.vectors[row] @ vector), dtype=np.float32)
        return np.asarray(self._sentences[start:end].astype(np.float32) @ vector)

    def embedded(self, row: int) -> tuple[Vectors, Vectors]:
        """The stored vectors of one passage and of its sentences, for an index version built after this one."""
        return self.vectors[row], self._sentences[self._starts[row] : self._starts[row + 1]]

    def standardise(self, similarity: NDArray[np.float32], vector: Vectors) -> NDArray[np.float32]:
        """Cosines with ``vector`` as standard deviations above the mean over all passages."""
        mean = float(self._mean @ vector)
        deviation = float(np.sqrt(max(vector @ self._covariance @ vector, 0.0)))
        if deviation < 1e-6:
            return np.zeros_like(similarity)
        return (similarity - mean) / np.float32(deviation)


class _Twins:
    """Which rows read the same; ``first[row]`` is the first of them."""

    def __init__(self, first: Rows) -> None:
        self._none = bool((first == np.arange(len(first))).all())
        self._grouped = np.argsort(first, kind="stable")
        self._firsts = first[self._grouped]

    def beside(self, rows: Rows) -> Rows:
        if self._none:
            return rows
        lows, highs = np.searchsorted(self._firsts, rows, "left"), np.searchsorted(self._firsts, rows, "right")
        return np.concatenate([self._grouped[low:high] for low, high in zip(lows, highs, strict=True)])


def _best(scores: NDArray[np.float32], count: int) -> Rows:
    """The rows with the highest positive scores, in no particular order."""
    rows = np.arange(len(scores)) if len(scores) <= count else np.argpartition(-scores, count)[:count]
    return rows[scores[rows] > 0].astype(np.int64)


def passage_key(passage: Passage) -> bytes:
    """Changes when anything that is embedded for the passage does."""
    parts = [passage.in_context, *(sentence_in_context(passage, s) for s in passage.sentences)]
    return hashlib.sha256("\x00".join(parts).encode()).digest()


def first_of_same(keys: Sequence[bytes]) -> Rows:
    """For each row the first row with its key.

    Only these are put into the vector store: a graph of nearest neighbours falls apart where hundreds of
    points lie in one place, and passages are lost.
    """
    first: dict[bytes, int] = {}
    return np.array([first.setdefault(key, row) for row, key in enumerate(keys)], dtype=np.int64)


def sentence_in_context(passage: Passage, sentence: PassageSentence) -> str:
    """What is embedded for a sentence: a list item with the words that introduce the list."""
    text = passage.sentence_text(sentence)
    if sentence.role == "bullet":
        before = [s for s in passage.sentences if s.start < sentence.start and s.role == "lead_in"]
        if before:
            text = f"{passage.sentence_text(before[-1])} {text}"
    return f"{passage.heading or passage.title}\n{text}"


def embed(
    passages: Sequence[Passage],
    embedder: Embedder,
    known: dict[bytes, tuple[Vectors, Vectors]],
    progress: Progress | None,
) -> tuple[Embedded, int]:
    """The vectors of ``passages``, taken from ``known`` where the key is there. Also how many were embedded.

    There must be at least one passage.
    """
    keys = tuple(passage_key(passage) for passage in passages)
    new = _first_of_each(passages, keys, known)
    fresh = embedder.embed_passages(texts_of(list(new.values())), progress)
    vectors = dict(known)
    at = len(new)
    for taken, (key, passage) in enumerate(new.items()):
        count = len(_sentences_apart(passage))
        vectors[key] = fresh[taken], fresh[at : at + count]
        at += count
    parts = [vectors[key] for key in keys]
    whole = np.stack([part[0] for part in parts]).astype(np.float32)
    sentences = np.concatenate([part[1] for part in parts])
    return Embedded(keys, whole, sentences, np.array([len(part[1]) for part in parts], dtype=np.int64)), len(new)


def _first_of_each(
    passages: Sequence[Passage], keys: Sequence[bytes], known: Mapping[bytes, object]
) -> dict[bytes, Passage]:
    """The passages to embed: those not ``known``, and of those that read the same the first."""
    new: dict[bytes, Passage] = {}
    for key, passage in zip(keys, passages, strict=True):
        if key not in known:
            new.setdefault(key, passage)
    return new


def texts_of(passages: Sequence[Passage]) -> list[str]:
    """What is embedded for ``passages``: each as a whole, then the sentences of each that has several."""
    sentences = [text for passage in passages for text in _sentences_apart(passage)]
    return [passage.in_context for passage in passages] + sentences


def texts_to_embed(passages: Sequence[Passage], known: dict[bytes, tuple[Vectors, Vectors]]) -> int:
    """How many texts :func:`embed` will embed."""
    keys = [passage_key(passage) for passage in passages]
    return sum(1 + len(_sentences_apart(passage)) for passage in _first_of_each(passages, keys, known).values())


def _sentences_apart(passage: Passage) -> list[str]:
    """A passage of one sentence needs no second vector."""
    return [sentence_in_context(passage, s) for s in passage.sentences] if len(passage.sentences) > 1 else []


def write_shelf(folder: Path, language: Language, passages: Sequence[Passage], vectors: Embedded) -> None:
    """Write a shelf that :class:`Shelf` opens. There must be at least one passage."""
    folder.mkdir(parents=True)
    np.save(folder / "first_of_same.npy", first_of_same(vectors.keys))
    np.save(folder / "keys.npy", np.frombuffer(b"".join(vectors.keys), dtype=np.uint8).reshape(-1, 32))
    np.save(folder / "vectors.npy", vectors.passages)
    np.save(folder / "sentences.npy", vectors.sentences.astype(np.float16))
    np.save(folder / "sentence_starts.npy", np.concatenate(([0], np.cumsum(vectors.sentence_counts))))
    mean = vectors.passages.mean(axis=0)
    covariance = vectors.passages.T @ vectors.passages / len(passages) - np.outer(mean, mean)
    np.savez(folder / "moments.npz", mean=mean, covariance=covariance)
    texts = [passage.in_context for passage in passages]
    LexicalIndex.build(texts, language).save(folder / "words")
    TitleIndex.build([passage.title for passage in passages], texts).save(folder / "titles")
