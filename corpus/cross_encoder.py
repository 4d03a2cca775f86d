"""The cross-encoder adapter: any sentence-transformers CrossEncoder, by name or folder."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from corpus.sentence_transformer import first_line, keep_libraries_quiet
from errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class NamedCrossEncoder:
    """A :class:`corpus.reranker.Reranker`. The weights are loaded at first use."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loaded: CrossEncoder | None = None
        self._lock = threading.Lock()

    def relevance(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """See :class:`corpus.reranker.Reranker`. Models without a range of their own are put through a sigmoid."""
        from torch.nn import Sigmoid

        if not passages:
            return np.zeros(0, dtype=np.float32)
        with self._lock:
            model = self._loaded = self._loaded or self._load()
            pairs = [(query, passage) for passage in passages]
            scores = model.predict(pairs, activation_fn=Sigmoid(), show_progress_bar=False)
        return np.asarray(scores, dtype=np.float32)

    def _load(self) -> CrossEncoder:
        keep_libraries_quiet()
        from sentence_transformers import CrossEncoder

        try:
            model = CrossEncoder(self._name, device="cpu")
        except Exception as error:
            raise ModelUnavailable(
                f"The cross-encoder {self._name!r} cannot be loaded: {first_line(error)}. Check ASSISTANT_RERANKER; "
                "a name needs network access the first time, a folder does not."
            ) from error
        if model.num_labels != 1:
            raise ModelUnavailable(
                f"The cross-encoder {self._name!r} gives {model.num_labels} values a pair, not one. "
                "Name one trained for ranking in ASSISTANT_RERANKER, or leave it empty."
            )
        return model


def named_reranker(name: str) -> NamedCrossEncoder | None:
    """The cross-encoder called ``name``, or none where the name is empty."""
    return NamedCrossEncoder(name) if name else None
