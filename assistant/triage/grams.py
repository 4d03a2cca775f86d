"""Hashed features of a message's letters and words, for judging it without a model and in a millisecond."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from assistant.triage.text import fold

BUCKETS = 1 << 15
_SIZES = (2, 3, 4, 5)
_WORD = re.compile(r"\w+|[!?]")
_LONGEST = 6_000
"""Characters looked at, half from either end: enough for any window, and a bound for whole messages."""


def features(message: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """The buckets that the message's letter groups (2 to 5, edges marked), words and word pairs fall into,
    and their weights: 1 + log(count), of unit length together.
    """
    if len(message) > _LONGEST:
        message = message[: _LONGEST // 2] + " " + message[-_LONGEST // 2 :]
    words = [fold(word) for word in _WORD.findall(message.casefold())]
    grams = [f"w{word}" for word in words]
    grams += [f"p{left} {right}" for left, right in pairwise(words)]
    for word in words:
        edged = f" {word} "
        grams += [edged[i : i + size] for size in _SIZES for i in range(len(edged) - size + 1)]
    if not grams:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
    hashed = np.array([crc32(gram.encode("utf-8", "replace")) % BUCKETS for gram in grams], dtype=np.int64)
    buckets, counts = np.unique(hashed, return_counts=True)
    weights = 1 + np.log(counts)
    return buckets, (weights / np.linalg.norm(weights)).astype(np.float32)


def scores(messages: Sequence[str], weights: NDArray[np.floating], bias: NDArray[np.floating]) -> NDArray[np.float32]:
    """One row of class scores a message; ``weights`` has shape ``(BUCKETS, classes)``."""
    rows = []
    for message in messages:
        buckets, values = features(message)
        rows.append(values @ weights[buckets].astype(np.float32) + bias)
    return np.array(rows, dtype=np.float32)
