"""LangChain's stock set-up as a peer: its recursive splitter, its Chroma store, and an embedder used as it comes.

Defaults throughout: 1,000 characters with 200 of overlap, squared L2 distance, no query or passage prompts.
"""

from __future__ import annotations

import tempfile
import uuid

from langchain_chroma import Chroma
from langchain_core.embeddings import Embeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

from corpus.embedder import Embedder
from evals.retrieval.benchmark import Benchmark
from evals.retrieval.ranking import Run

CHUNK_CHARS, OVERLAP_CHARS = 1000, 200
CHUNKS = 200
_BATCH = 2000


class _AsLangChain(Embeddings):
    """The port the other way round: texts go in with the embedder's own prompts, as a careful user would have it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [list(map(float, vector)) for vector in self._embedder.embed_passages(texts)]

    def embed_query(self, text: str) -> list[float]:
        return list(map(float, self._embedder.embed_query(text)))


def stock_run(benchmark: Benchmark, embedder: Embedder) -> Run:
    """Documents ranked by their nearest chunk."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK_CHARS, chunk_overlap=OVERLAP_CHARS)
    with tempfile.TemporaryDirectory() as folder:
        store = Chroma(f"stock-{uuid.uuid4().hex}", _AsLangChain(embedder), persist_directory=folder)
        chunks = [
            (chunk, document.id)
            for document in benchmark.documents
            for chunk in splitter.split_text(f"{document.title}\n{document.text}")
        ]
        for start in range(0, len(chunks), _BATCH):
            batch = chunks[start : start + _BATCH]
            store.add_texts([text for text, _ in batch], [{"document": id_} for _, id_ in batch])
        return {query: _ranked(store, text) for query, text in benchmark.queries.items()}


def _ranked(store: Chroma, query: str) -> dict[str, float]:
    best: dict[str, float] = {}
    for chunk, distance in store.similarity_search_with_score(query, k=CHUNKS):
        best.setdefault(str(chunk.metadata["document"]), -float(distance))
    return best
