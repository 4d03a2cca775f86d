"""The port a cross-encoder is used through: a second, slower look at the best passages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

RERANKED = 30
"""How many of the best passages are looked at again."""


class Reranker(Protocol):
    """Judges query and passage together, where an embedder sees each alone. Safe to share between threads."""

    def relevance(self, query: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """One value a passage, in their order, 0 (beside the point) to 1 (answers the query).

        Raises:
            ModelUnavailable: the model cannot be loaded.
        """
