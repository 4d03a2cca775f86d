"""The Chroma adapter: one embedded store in a folder, one collection per language, cosine space.

Chroma's stores are written once, in a folder nothing else has open, and only read after that: two
writers damage a store, and a killed writer can leave one that looks whole and is not.
Distances become similarities here and nowhere else.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corpus.article import Language
from corpus.embedder import Vectors
from corpus.passage import Passage
from errors import IndexUnusable

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

_BATCH = 2000
# Twice the usual links: with the usual ones passages that read nearly alike (a text that many articles share)
# become islands that no search reaches.
_GRAPH = {"space": "cosine", "max_neighbors": 32, "ef_construction": 200, "ef_search": 200}
_opening = threading.Lock()


class VectorStore:
    """Passages' vectors by language, looked up by nearness. Rows number a language's passages from 0."""

    def __init__(self, client: ClientAPI) -> None:
        self._client = client
        self._collections: dict[Language, Collection] = {}

    @classmethod
    def open(cls, folder: Path) -> VectorStore:
        """Open or create the store in ``folder``.

        Raises:
            IndexUnusable: the folder cannot be used.
        """
        import chromadb
        from chromadb.config import Settings

        try:
            # Chroma keeps one system a path in a plain dict: opening twice at once races.
            with _opening:
                return cls(chromadb.PersistentClient(str(folder), Settings(anonymized_telemetry=False)))
        except Exception as error:
            if folder.is_dir() and not os.access(folder, os.W_OK):
                raise IndexUnusable(
                    f"Chroma must be able to write in {folder}, and this user may not. Mend its permissions."
                ) from error
            raise IndexUnusable(
                f"The vector store in {folder} cannot be opened: {error}. Run: python -m corpus sync"
            ) from error

    def add(self, language: Language, rows: Sequence[int], passages: Sequence[Passage], vectors: Vectors) -> None:
        """Store ``passages`` with their unit vectors under the numbers in ``rows``; the three run in step."""
        collection = self._client.get_or_create_collection(
            _name(language), configuration={"hnsw": _GRAPH}, embedding_function=None
        )
        for start in range(0, len(passages), _BATCH):
            batch = passages[start : start + _BATCH]
            collection.add(
                ids=[str(row) for row in rows[start : start + _BATCH]],
                embeddings=vectors[start : start + _BATCH],
                documents=[passage.text for passage in batch],
                metadatas=[
                    {"article_id": passage.article_id, "start": passage.start, "end": passage.end} for passage in batch
                ],
            )

    def nearest(self, language: Language, vector: Vectors, count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The rows nearest to ``vector``, nearest first, and their cosine similarities (-1 to 1).

        Raises:
            IndexUnusable: the store is damaged.
        """
        try:
            found = self._collection(language).query(
                query_embeddings=vector[None, :], n_results=count, include=["distances"]
            )
        except Exception as error:
            raise IndexUnusable(f"The vector store cannot be searched: {error}. Run: python -m corpus sync") from error
        rows = np.array([int(row) for row in found["ids"][0]], dtype=np.int64)
        similarities = 1.0 - np.array((found["distances"] or [[]])[0], dtype=np.float32)
        return rows, similarities

    def close(self) -> None:
        """Release the files."""
        self._client.close()

    def _collection(self, language: Language) -> Collection:
        if language not in self._collections:
            self._collections[language] = self._client.get_collection(_name(language), embedding_function=None)
        return self._collections[language]


def _name(language: Language) -> str:
    return f"passages-{language}"
