"""Question in, passages out: the one way everything retrieves."""

from __future__ import annotations

import math
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article, Language
from corpus.embedder import Embedder, Vectors
from corpus.index import Index, current_version, open_index
from corpus.language import detect_language
from corpus.passage import Passage, PassageSentence
from corpus.reranker import RERANKED, Reranker
from corpus.shelf import CANDIDATES, Scores
from errors import IndexUnusable

RECHECK_SECONDS = 1.0
"""How often, at most, a reader looks whether a new index version has been switched in."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What a search is narrowed to; None lets everything through."""

    language: Language | None = None
    topic: str | None = None
    test: str | None = None
    since: date | None = None

    @property
    def narrow_articles(self) -> bool:
        """Whether anything but the language is asked for."""
        return self.topic is not None or self.test is not None or self.since is not None

    def admit(self, article: Article) -> bool:
        """Whether an article passes, its language apart."""
        return (
            (self.topic is None or self.topic.casefold() in (t.casefold() for t in article.topics))
            and (self.test is None or self.test.casefold() in (t.casefold() for t in article.tests))
            and (self.since is None or (article.updated is not None and article.updated >= self.since))
        )


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found, and why. Bigger is better everywhere.

    ``score`` orders hits of one query. ``similarity`` is the cosine of query and passage, ``z`` the same
    in standard deviations above its language's mean, ``lexical`` the share (0 to 1) of the best possible
    BM25, 0 where query and passage differ in language.
    """

    passage: Passage
    row: int
    score: float
    similarity: float
    z: float
    lexical: float


@dataclass(frozen=True, slots=True)
class Found:
    """A search's outcome: the hits, best first, and what they were found with. ``query`` is spelt right."""

    query: str
    query_language: Language
    vector: Vectors
    hits: tuple[Hit, ...]
    index: Index
    embed_ms: float
    search_ms: float

    def sentence_similarities(self, hit: Hit) -> NDArray[np.float32]:
        """The cosine of the query with each sentence of a hit, in order."""
        shelf = self.index.shelves[hit.passage.language]
        return shelf.sentence_similarities(hit.row, len(hit.passage.sentences), self.vector)

    def standardised_sentences(self, hit: Hit) -> NDArray[np.float32]:
        """The same in standard deviations above the mean over the passages of the hit's language."""
        shelf = self.index.shelves[hit.passage.language]
        return shelf.standardise(self.sentence_similarities(hit), self.vector)


class Searcher:
    """Searches the current index version, and picks up a new one by itself. Safe to share between threads."""

    def __init__(self, index_dir: Path, embedder: Embedder, reranker: Reranker | None = None) -> None:
        self._index_dir = index_dir
        self._embedder = embedder
        self._reranker = reranker
        self._index: Index | None = None
        self._rows_allowed: dict[tuple[str, Filters], dict[Language, NDArray[np.bool_]]] = {}
        self._looked_at = 0.0
        self._lock = threading.Lock()

    @property
    def index(self) -> Index:
        """The current version, opened.

        Raises:
            IndexMissing, IndexMismatch, IndexUnusable: see :func:`corpus.index.open_index`.
        """
        with self._lock:
            return self._current()

    def _look_again(self) -> Index:
        """The current version, looked up now."""
        with self._lock:
            self._looked_at = -math.inf
            return self._current()

    def _current(self) -> Index:
        now = time.monotonic()
        if self._index is None or now - self._looked_at > RECHECK_SECONDS:
            self._looked_at = now
            if self._index is None or self._switched(self._index):
                self._index = self._newest()
                self._rows_allowed.clear()
        return self._index

    def _switched(self, index: Index) -> bool:
        try:
            return current_version(self._index_dir) != index.version
        except IndexUnusable:
            return False

    def _newest(self) -> Index:
        """The current version, or the one already open where the current one cannot be used."""
        try:
            # An index that is replaced is not closed: another thread may still be reading it.
            return open_index(self._index_dir, self._embedder.name)
        except IndexUnusable:
            if self._index is None:
                raise
            return self._index

    def search(
        self,
        query: str,
        k: int = 10,
        filters: Filters | None = None,
        per_article: int | None = None,
        query_language: Language | None = None,
    ) -> Found:
        """The ``k`` best passages for ``query``, at most ``per_article`` of one article.

        Raises:
            IndexUnusable: there is no index, or it is damaged.
        """
        language = query_language or detect_language(query)
        index = self.index
        try:
            return self._search(index, query, language, k, filters or Filters(), per_article)
        except IndexUnusable:
            # Two syncs in quick succession remove the version this search began with.
            newer = self._look_again()
            if newer is index:
                raise
            return self._search(newer, query, language, k, filters or Filters(), per_article)

    def _search(
        self, index: Index, query: str, language: Language, k: int, filters: Filters, per_article: int | None
    ) -> Found:
        started = time.perf_counter()
        if language in index.shelves:
            query = index.shelves[language].speller.repair(query)
        vector = self._embedder.embed_query(query)
        embedded = time.perf_counter()
        hits = self._hits(index, query, language, vector, filters)
        if self._reranker:
            chosen = _limit(self._reranked(self._reranker, index, query, hits), per_article, k)
        else:
            chosen = _limit(hits, per_article, k)
        passages = tuple(_fill(index, chosen))
        finished = time.perf_counter()
        return Found(
            query, language, vector, passages, index, 1000 * (embedded - started), 1000 * (finished - embedded)
        )

    def _hits(
        self, index: Index, query: str, query_language: Language, vector: Vectors, filters: Filters
    ) -> Iterator[_Row]:
        allowed = self._allowed(index, filters) if filters.narrow_articles else {}
        scored: list[tuple[Language, Scores]] = []
        for language, shelf in index.shelves.items():
            if filters.language not in (None, language):
                continue
            mask = allowed.get(language)
            if mask is None:
                near = shelf.with_twins(index.vectors.nearest(language, vector, min(CANDIDATES, len(shelf)))[0])
            else:
                near = shelf.nearest_allowed(vector, mask, CANDIDATES)
            scored.append((language, shelf.score(query, query_language, vector, near, mask)))
        return _merged(index, scored)

    @staticmethod
    def _reranked(reranker: Reranker, index: Index, query: str, rows: Iterator[_Row]) -> Iterator[_Row]:
        """The best rows with what the cross-encoder thinks of them added to their scores."""
        best = list(islice(rows, RERANKED))
        relevance = reranker.relevance(query, [hit.passage.in_context for hit in _fill(index, best)])
        # Nobody who was not looked at may stand above somebody who was: every value added is 0 or more.
        again = [replace(row, score=row.score + float(more)) for row, more in zip(best, relevance, strict=True)]
        yield from sorted(again, key=lambda row: (-row.score, row.language, row.row))
        yield from rows

    def _allowed(self, index: Index, filters: Filters) -> dict[Language, NDArray[np.bool_]]:
        key = (index.version, filters)
        # Another thread may clear the dict at any moment.
        allowed = self._rows_allowed.get(key)
        if allowed is None:
            admitted = {article.id for article in index.store.articles if filters.admit(article)}
            allowed = {
                language: np.array([article in admitted for article in index.article_of_row[language]], dtype=bool)
                for language in index.shelves
            }
            self._rows_allowed[key] = allowed
        return allowed


@dataclass(frozen=True, slots=True)
class _Row:
    language: Language
    row: int
    score: float
    similarity: float
    z: float
    lexical: float
    article_id: str


def _merged(index: Index, scored: Sequence[tuple[Language, Scores]]) -> Iterator[_Row]:
    """The rows of all languages, best first, each made only when it is asked for."""
    fused = np.concatenate([scores.fused for _, scores in scored] or [np.zeros(0, np.float32)])
    places = [(language, scores, i) for language, scores in scored for i in range(len(scores.rows))]
    for place in np.argsort(-fused, kind="stable"):
        language, scores, i = places[place]
        row = int(scores.rows[i])
        yield _Row(
            language,
            row,
            float(scores.fused[i]),
            float(scores.similarity[i]),
            float(scores.z[i]),
            float(scores.lexical[i]),
            index.article_of_row[language][row],
        )


def _limit(rows: Iterable[_Row], per_article: int | None, k: int) -> list[_Row]:
    taken: Counter[str] = Counter()
    chosen: list[_Row] = []
    for row in rows:
        if per_article is not None and taken[row.article_id] >= per_article:
            continue
        taken[row.article_id] += 1
        chosen.append(row)
        if len(chosen) == k:
            break
    return chosen


def _fill(index: Index, rows: list[_Row]) -> Iterable[Hit]:
    passages: dict[tuple[Language, int], Passage] = {}
    for language in {row.language for row in rows}:
        numbers = [row.row for row in rows if row.language == language]
        passages |= {
            (language, number): passage
            for number, passage in zip(numbers, index.store.passages(language, numbers), strict=True)
        }
    return (Hit(passages[r.language, r.row], r.row, r.score, r.similarity, r.z, r.lexical) for r in rows)


def best_sentence(found: Found, hit: Hit) -> PassageSentence:
    """The sentence of a hit that matches the query best, by meaning and by shared rare words."""
    similarities = found.sentence_similarities(hit)
    words = found.index.shelves[hit.passage.language].lexical
    shared = [
        words.coverage(found.query, hit.passage.sentence_text(s))
        if found.query_language == hit.passage.language
        else 0.0
        for s in hit.passage.sentences
    ]
    # Within one passage cosines differ by some hundredths, coverage by tenths.
    scores = [5 * float(similarity) + share for similarity, share in zip(similarities, shared, strict=True)]
    return hit.passage.sentences[int(np.argmax(scores))]
