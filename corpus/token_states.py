"""What the packaged model makes of each token of a text, at several depths: for comparing texts word by word."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.sentence_transformer import SentenceTransformerEmbedder, keep_libraries_quiet

DEPTHS = (4, 8, 12)
"""After how many layers a token is looked at: its letters are still near in the fourth, its meaning is in the last."""
_MAX_TOKENS = 256
_REMEMBERED = 128


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text's tokens: ``ids`` of the vocabulary, ``spans`` in the text (shape ``(tokens, 2)``, code points), and
    ``states``, shape ``(tokens, depths, width)``.
    """

    ids: NDArray[np.int64]
    spans: NDArray[np.int64]
    states: NDArray[np.float16]


class TokenStates:
    """Gives texts as tokens, and remembers the last ones: quotes are compared with every sentence of an answer.

    Safe to share between threads. ``embedder`` must be the packaged one.
    """

    def __init__(self, embedder: SentenceTransformerEmbedder) -> None:
        self._embedder = embedder
        self._remembered: OrderedDict[bytes, Tokens] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, texts: Sequence[str]) -> list[Tokens]:
        """The texts as tokens, in order. What goes beyond 256 tokens of one is cut off."""
        with self._lock:
            known = {text: self._remembered.get(_key(text)) for text in texts}
        missing = [text for text, tokens in known.items() if tokens is None]
        made = dict(zip(missing, self._pass(missing), strict=True)) if missing else {}
        with self._lock:
            for text, tokens in made.items():
                self._remembered[_key(text)] = tokens
            while len(self._remembered) > _REMEMBERED:
                self._remembered.popitem(last=False)
        return [known[text] or made[text] for text in texts]

    def _pass(self, texts: Sequence[str]) -> list[Tokens]:
        keep_libraries_quiet()  # before torch is there: its threads read how to wait when they start
        import torch

        from corpus.threads import threads_for

        chars = len(texts) * max(map(len, texts))
        with self._embedder.model() as model, torch.inference_mode(), threads_for(chars):
            prompt = model.prompts["query"]
            before = len(model.tokenizer(prompt.strip(), add_special_tokens=False)["input_ids"])
            batch = model.tokenizer(
                [prompt + text for text in texts],
                padding=True,
                truncation=True,
                max_length=_MAX_TOKENS,
                return_tensors="pt",
                return_offsets_mapping=True,
            )
            ids, mask = batch["input_ids"], batch["attention_mask"]
            layers = model[0].model(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
            states = torch.stack([layers[depth].float() for depth in DEPTHS], dim=2).numpy().astype(np.float16)
        spans = np.maximum(batch["offset_mapping"].numpy() - len(prompt), 0)
        # Without the sign at each end and the prompt's own tokens.
        kept = [slice(1 + before, n - 1) for n in mask.sum(dim=1).tolist()]
        return [Tokens(ids[row, part].numpy(), spans[row, part], states[row, part]) for row, part in enumerate(kept)]


def _key(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
