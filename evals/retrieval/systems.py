"""Ours and the peers, each from a benchmark to a run, built in the same process from the same text.

The peers: BM25 over whole documents; the same embedder over plain 900-character passages; reciprocal rank
fusion of the two; min-max fusion with the one weight that is best on this very set (an upper bound for it);
and LangChain's stock set-up.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.article import Language
from corpus.embedder import Embedder, Vectors
from corpus.lexical import Bm25, stems
from corpus.search import Searcher
from corpus.sync import sync
from evals.retrieval.benchmark import Benchmark, Document
from evals.retrieval.ranking import Run, per_query

DEPTH = 100
PEER_PASSAGE_CHARS = 900
RRF_K = 60
Matrix = NDArray[np.float64]


def ours(benchmark: Benchmark, embedder: Embedder) -> Run:
    """The project's own index and search, through the same doors as everything else."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "documents.jsonl"
        source.write_text("".join(_as_article(i, d) for i, d in enumerate(benchmark.documents)), encoding="utf-8")
        sync(source, Path(folder) / "index", embedder)
        searcher = Searcher(Path(folder) / "index", embedder)
        run = {
            query: {
                benchmark.documents[int(hit.passage.article_id[1:])].id: hit.score
                for hit in searcher.search(text, DEPTH, per_article=1).hits
            }
            for query, text in benchmark.queries.items()
        }
        searcher.index.close()
    return run


def _as_article(number: int, document: Document) -> str:
    """A benchmark's ids may hold any character, an article's may not: it is numbered instead."""
    row = {"_id": f"d{number}", "title": document.title, "text": document.text, "language": document.language}
    return json.dumps(row, ensure_ascii=False) + "\n"


def peers(benchmark: Benchmark, embedder: Embedder) -> dict[str, Run]:
    """The peers that need nothing but the embedder, by name."""
    words, dense = _bm25(benchmark), _dense(benchmark, embedder)
    weight, fused = _best_single_weight(benchmark, words, dense)
    runs = {
        "BM25, stemmed": words,
        "dense, same embedder": dense,
        "RRF of both": _reciprocal_ranks(words) + _reciprocal_ranks(dense),
        f"min-max fusion, best weight {weight:.2f}": fused,
    }
    return {name: _as_run(benchmark, scores) for name, scores in runs.items()}


def _bm25(benchmark: Benchmark) -> Matrix:
    texts = [f"{document.title}\n{document.text}" for document in benchmark.documents]
    main = _main_language(benchmark)
    index = Bm25.build(texts, stems(main))
    return np.stack([index.scores(text) for text in benchmark.queries.values()]).astype(np.float64)


def _main_language(benchmark: Benchmark) -> Language:
    swedish = sum(document.language == "sv" for document in benchmark.documents)
    return "sv" if 2 * swedish >= len(benchmark.documents) else "en"


def _dense(benchmark: Benchmark, embedder: Embedder) -> Matrix:
    passages, owners = [], []
    for number, document in enumerate(benchmark.documents):
        for piece in plain_passages(document.text, PEER_PASSAGE_CHARS):
            passages.append(f"{document.title}\n{piece}")
            owners.append(number)
    vectors = embedder.embed_passages(passages)
    return _best_of_document(benchmark, embedder, vectors, np.array(owners))


def _best_of_document(benchmark: Benchmark, embedder: Embedder, vectors: Vectors, owners: NDArray[np.int64]) -> Matrix:
    scores = np.full((len(benchmark.queries), len(benchmark.documents)), -1.0)
    for row, text in enumerate(benchmark.queries.values()):
        np.maximum.at(scores[row], owners, vectors @ embedder.embed_query(text))
    return scores


def plain_passages(text: str, size: int) -> list[str]:
    """``text`` in pieces of at most ``size`` characters, broken at white space where there is any."""
    words, pieces, piece = text.split(), [], ""
    for word in words:
        if piece and len(piece) + 1 + len(word) > size:
            pieces.append(piece)
            piece = word
        else:
            piece = f"{piece} {word}".strip()
    return [*pieces, piece] if piece else pieces


def _reciprocal_ranks(scores: Matrix) -> Matrix:
    ranks = np.argsort(np.argsort(-scores, axis=1, kind="stable"), axis=1) + 1
    return np.asarray(1.0 / (RRF_K + ranks))


def _best_single_weight(benchmark: Benchmark, words: Matrix, dense: Matrix) -> tuple[float, Matrix]:
    candidates = [(w, w * _min_max(dense) + (1 - w) * _min_max(words)) for w in np.arange(0, 1.01, 0.05)]

    def quality(candidate: tuple[float, Matrix]) -> float:
        return float(per_query(_as_run(benchmark, candidate[1]), benchmark.qrels)["nDCG@10"].mean())

    weight, scores = max(candidates, key=quality)
    return float(weight), scores


def _min_max(scores: Matrix) -> Matrix:
    low, high = scores.min(axis=1, keepdims=True), scores.max(axis=1, keepdims=True)
    return np.asarray((scores - low) / np.maximum(high - low, 1e-9))


def _as_run(benchmark: Benchmark, scores: Matrix) -> Run:
    ids = [document.id for document in benchmark.documents]
    return {
        query: {ids[column]: float(scores[row, column]) for column in np.argsort(-scores[row], kind="stable")[:DEPTH]}
        for row, query in enumerate(benchmark.queries)
    }


def all_systems(benchmark: Benchmark, embedder: Embedder, with_peers: bool) -> dict[str, Run]:
    """Every run to compare, ours first."""
    runs: dict[str, Run] = {"ours": ours(benchmark, embedder)}
    if with_peers:
        runs |= peers(benchmark, embedder)
        runs["LangChain's stock set-up"] = _stock(benchmark, embedder)
    return runs


def _stock(benchmark: Benchmark, embedder: Embedder) -> Run:
    from evals.retrieval.langchain_stock import stock_run

    return stock_run(benchmark, embedder)
