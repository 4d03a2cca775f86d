"""How well quotes carry a sentence: the trained comparison, with the threshold it was calibrated to."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from assistant.verification.marks import marks_of
from corpus.article import Language
from corpus.token_states import TokenStates

if TYPE_CHECKING:
    from assistant.verification.comparison import Comparison

_WEIGHTS = Path(__file__).with_name("comparison.npz")
_CALIBRATION = Path(__file__).with_name("comparison.json")


class Calibration(BaseModel):
    """What the trained comparison was set to, on rewritings of articles it was not trained on.

    ``threshold`` is the support below which a sentence is dropped; ``true_dropped`` and ``false_caught`` are the
    shares at it then, of the comparison alone.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    threshold: float = Field(gt=0, lt=1)
    true_dropped: float
    false_caught: float


class Comparer:
    """A :class:`assistant.verification.verifier.Support`. Safe to share between threads; loaded at first use."""

    def __init__(self, tokens: TokenStates) -> None:
        self._tokens = tokens
        self._loaded: Comparison | None = None
        self._lock = threading.Lock()
        self.threshold = calibration().threshold

    def support(self, sentence: str, quotes: Sequence[str], language: Language) -> float:
        """See :class:`assistant.verification.verifier.Support`."""
        import torch

        from assistant.verification.comparison import Marked, pairs_of
        from corpus.threads import threads_for

        texts = [sentence, *quotes]
        said, *quoted = [
            Marked(tokens, marks_of(text, tokens, language))
            for text, tokens in zip(texts, self._tokens.of(texts), strict=True)
        ]
        with self._lock, torch.inference_mode(), threads_for(len(sentence)):
            self._loaded = self._loaded or load_comparison(read_weights())
            return float(torch.sigmoid(self._loaded(pairs_of([(said, quoted)])))[0])


def calibration() -> Calibration:
    """What the shipped comparison was set to."""
    return Calibration.model_validate(json.loads(_CALIBRATION.read_text(encoding="utf-8")))


def read_weights() -> dict[str, NDArray[np.float16]]:
    """The shipped weights, by name."""
    with np.load(_WEIGHTS) as kept:
        return {name: kept[name] for name in kept.files}


def load_comparison(weights: Mapping[str, NDArray[np.float16]]) -> Comparison:
    """The comparison with these weights, ready to be asked."""
    import torch

    from assistant.verification.comparison import Comparison

    network = Comparison()
    network.load_state_dict({name: torch.from_numpy(array.astype(np.float32)) for name, array in weights.items()})
    network.eval()
    return network


def keep(weights: Mapping[str, NDArray[np.float32]], calibrated: Calibration) -> None:
    """Make these the shipped weights and calibration."""
    halved: dict[str, Any] = {name: array.astype(np.float16) for name, array in weights.items()}
    np.savez_compressed(_WEIGHTS, **halved)
    _CALIBRATION.write_text(calibrated.model_dump_json(indent=2) + "\n", encoding="utf-8")
