"""The port every embedding model is used through."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Progress = Callable[[int], None]


class Embedder(Protocol):
    """Turns texts into unit vectors; similarity is their dot product, bigger is nearer."""

    @property
    def name(self) -> str:
        """What the index remembers: two embedders with one name give the same vectors."""

    @property
    def dimension(self) -> int:
        """The length of a vector."""

    def embed_query(self, query: str) -> Vectors:
        """One vector, shape ``(dimension,)``, float32, length 1."""

    def embed_passages(self, passages: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors in the order of ``passages``, shape ``(len(passages), dimension)``, float32, length 1.

        ``progress`` is called with the number of passages each finished batch held.
        """
