"""What the packaged model's lower layers make of a message, for judging what kind of message it is.

The last layer is trained to bring questions near their answers, and throws away much of how a thing is said:
whether it happens now, to whom, or is only asked about. After the first four layers it is all still there, and
triage goes on from them with layers of its own (:mod:`assistant.triage.tower`).
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.embedder import Embedder, Progress, Vectors
from corpus.sentence_transformer import SentenceTransformerEmbedder, batches, keep_libraries_quiet

LAYERS_BELOW = 4
WIDTH = 384
_MAX_TOKENS = 384
_REMEMBERED = 32

States = NDArray[np.float32]
"""One row a token of a message, shape ``(tokens, WIDTH)``."""


class LayerStates:
    """Token states of messages after ``LAYERS_BELOW`` layers. Safe to share between threads.

    One pass through the model gives a message's states and its query vector. The vector is kept a little while
    under the message's hash, so that the search right after need not embed the same words again.
    """

    def __init__(self, embedder: SentenceTransformerEmbedder) -> None:
        self._embedder = embedder
        self._vectors: OrderedDict[bytes, Vectors] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        """The embedding model's name."""
        return self._embedder.name

    def states(self, messages: Sequence[str]) -> list[States]:
        """The states of each message's tokens, the query prompt's included; a very long message is cut.

        Raises:
            ModelUnavailable: the packaged model cannot be loaded.
        """
        states: list[States] = [np.zeros((0, WIDTH), np.float32)] * len(messages)
        for batch in batches([len(message) for message in messages]):
            for place, rows in zip(batch, self._pass([messages[i] for i in batch]), strict=True):
                states[place] = rows
        return states

    def vector_of(self, query: str) -> Vectors | None:
        """The query vector of a message whose states were asked for a moment ago."""
        with self._lock:
            return self._vectors.get(_key(query))

    def _pass(self, messages: Sequence[str]) -> list[States]:
        keep_libraries_quiet()  # before torch is there: its threads read how to wait when they start
        import torch

        from corpus.threads import threads_for

        chars = len(messages) * max(map(len, messages))
        with self._embedder.model() as model, torch.inference_mode(), threads_for(chars):
            prompted = [model.prompts["query"] + message for message in messages]
            batch = model.tokenizer(
                prompted, padding=True, truncation=True, max_length=_MAX_TOKENS, return_tensors="pt"
            )
            ids, mask = batch["input_ids"], batch["attention_mask"]
            layers = model[0].model(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
            weights = (mask / mask.sum(dim=1, keepdim=True)).unsqueeze(-1).float()
            means = (layers[-1].float() * weights).sum(dim=1).numpy()
            below = layers[LAYERS_BELOW].float().numpy()
        self._remember(messages, means / np.linalg.norm(means, axis=1, keepdims=True), ids.shape[1] < _MAX_TOKENS)
        return [rows[:length] for rows, length in zip(below, mask.sum(dim=1).tolist(), strict=True)]

    def _remember(self, messages: Sequence[str], vectors: Vectors, whole: bool) -> None:
        if not whole:
            return
        with self._lock:
            for message, vector in zip(messages, vectors, strict=True):
                self._vectors[_key(message)] = vector
            while len(self._vectors) > _REMEMBERED:
                self._vectors.popitem(last=False)


class SharedPass:
    """An embedder that takes a query's vector from the pass that judged it, where there was one."""

    def __init__(self, embedder: Embedder, states: LayerStates) -> None:
        self._embedder = embedder
        self._states = states

    @property
    def name(self) -> str:
        """See :class:`corpus.embedder.Embedder`."""
        return self._embedder.name

    @property
    def dimension(self) -> int:
        """See :class:`corpus.embedder.Embedder`."""
        return self._embedder.dimension

    def embed_query(self, query: str) -> Vectors:
        """See :class:`corpus.embedder.Embedder`."""
        vector = self._states.vector_of(query)
        return self._embedder.embed_query(query) if vector is None else vector

    def embed_passages(self, passages: Sequence[str], progress: Progress | None = None) -> Vectors:
        """See :class:`corpus.embedder.Embedder`."""
        return self._embedder.embed_passages(passages, progress)


def _key(message: str) -> bytes:
    return hashlib.sha256(message.encode("utf-8", "surrogatepass")).digest()
