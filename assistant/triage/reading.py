"""Reads messages for the judge: how they are said, by the packaged model's lower layers and the tower upon them."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from assistant.triage.judge import CLASSES, Arrays, Logs, log_softmax, shipped_judge
from corpus.layer_states import LayerStates
from corpus.packaged_model import unpack
from corpus.processor import best_form
from corpus.sentence_transformer import batches

if TYPE_CHECKING:
    from assistant.triage.tower import Tower


class MessageReader(Protocol):
    """Says what class a message is by how it is said."""

    def logs(self, messages: Sequence[str]) -> Logs:
        """One row of log probabilities a message, in step with ``CLASSES``.

        Raises:
            ModelUnavailable: the packaged model cannot be loaded.
        """


class TowerReader:
    """A :class:`MessageReader` over the packaged model. Safe to share between threads."""

    def __init__(self, states: LayerStates, models_dir: Path, arrays: Arrays | None = None) -> None:
        self._states = states
        self._models_dir = models_dir
        self._arrays = arrays
        self._lock = threading.Lock()

    def logs(self, messages: Sequence[str]) -> Logs:
        """See :class:`MessageReader`."""
        from assistant.triage.tower import scores_of

        states = self._states.states(messages)
        logs = np.zeros((len(messages), len(CLASSES)), np.float32)
        for batch in batches([len(rows) * 4 for rows in states]):
            logs[batch] = log_softmax(scores_of(self._tower, [states[i] for i in batch]))
        return logs

    @property
    def _tower(self) -> Tower:
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> Tower:
        from assistant.triage.tower import load_tower

        arrays = shipped_judge().arrays if self._arrays is None else self._arrays
        return load_tower(unpack(self._models_dir), arrays, best_form())
