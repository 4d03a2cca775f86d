"""The sentence-transformers adapter: the packaged model, or any other by name or folder."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from corpus.embedder import Progress, Vectors
from corpus.packaged_model import packaged_name, unpack
from corpus.processor import Form, best_form
from errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

PACKAGED = "packaged"
BATCH_CHARS = 16_000
"""Texts a batch hold about this many characters, padding included: some 4,000 tokens, the quickest size tried."""
LARGEST_BATCH = 128


class SentenceTransformerEmbedder:
    """An :class:`corpus.embedder.Embedder` over one sentence-transformers model. Safe to share between threads.

    The weights are loaded at first use: what needs only the name stays quick.
    """

    def __init__(self, name: str, load: Callable[[], SentenceTransformer]) -> None:
        self._name = name
        self._load = load
        self._loaded: SentenceTransformer | None = None
        # Fast tokenizers are not safe to share, and on two cores a lock costs nothing.
        self._lock = threading.RLock()

    @property
    def name(self) -> str:
        return self._name

    @property
    def dimension(self) -> int:
        return int(self._model.get_embedding_dimension() or 0)

    @property
    def _model(self) -> SentenceTransformer:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded

    @contextmanager
    def model(self) -> Iterator[SentenceTransformer]:
        """The model itself, for this thread alone as long as the block lasts."""
        with self._lock:
            yield self._model

    def embed_query(self, query: str) -> Vectors:
        with self._lock:
            model = self._model
            from corpus.threads import threads_for

            with threads_for(len(query)):
                vector = model.encode_query(query, normalize_embeddings=True, show_progress_bar=False)
        return np.asarray(vector, dtype=np.float32)

    def embed_passages(self, passages: Sequence[str], progress: Progress | None = None) -> Vectors:
        vectors = np.zeros((len(passages), self.dimension), dtype=np.float32)
        for batch in batches([len(passage) for passage in passages]):
            with self._lock:
                vectors[batch] = self._model.encode_document(
                    [passages[i] for i in batch],
                    batch_size=len(batch),
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
            if progress:
                progress(len(batch))
        return vectors


def batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Places of ``lengths`` in batches of like length, shortest first, so that little is padded."""
    batch: list[int] = []
    for place in sorted(range(len(lengths)), key=lambda i: lengths[i]):
        if batch and (len(batch) == LARGEST_BATCH or (len(batch) + 1) * lengths[place] > BATCH_CHARS):
            yield batch
            batch = []
        batch.append(place)
    if batch:
        yield batch


def named_embedder(name: str, models_dir: Path) -> SentenceTransformerEmbedder:
    """The embedder called ``name``: ``packaged``, or a sentence-transformers model by name or folder.

    Using it raises :class:`errors.ModelUnavailable` when the model cannot be found, unpacked or loaded.
    """
    if name == PACKAGED:
        return packaged_embedder(models_dir, best_form())
    return SentenceTransformerEmbedder(name, lambda: _load_named(name))


def packaged_embedder(models_dir: Path, form: Form) -> SentenceTransformerEmbedder:
    """The packaged model in one of its forms.

    Both go by one name: they agree so well (median cosine 0.996, lowest 0.993) that an index may move between machines.
    """
    return SentenceTransformerEmbedder(packaged_name(), lambda: _load_packaged(models_dir, form))


def _load_packaged(models_dir: Path, form: Form) -> SentenceTransformer:
    keep_libraries_quiet()
    from corpus.prepared_bert import load_prepared

    folder = unpack(models_dir)
    try:
        return load_prepared(folder, form)
    except Exception as error:
        raise ModelUnavailable(
            f"The packaged embedding model in {folder} cannot be loaded: {first_line(error)}. "
            "Remove that folder; the next command makes it anew."
        ) from error


def _load_named(name: str) -> SentenceTransformer:
    keep_libraries_quiet()
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(name)
    except Exception as error:
        raise ModelUnavailable(
            f"The embedding model {name!r} cannot be loaded: {first_line(error)}. Check ASSISTANT_EMBEDDING_MODEL; "
            "a name needs network access the first time, a folder does not."
        ) from error
    return model


def first_line(error: Exception) -> str:
    """What a library says went wrong, in one line."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def keep_libraries_quiet() -> None:
    """No telemetry, no progress bars, no advice on stderr, and no spinning, from the libraries below."""
    # Waiting threads that spin take the cores from those that work: with the machine shared by other
    # processes a query took 0.5 to 1.3 s, without spinning 0.02 to 0.06 s. It must be set before torch loads.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "true")
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
