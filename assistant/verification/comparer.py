"""How well quotes carry a sentence: the trained comparison and how much of the sentence is covered, in one number."""

from __future__ import annotations

import json
import math
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from assistant.verification.coverage import Coverage, coverage_of
from assistant.verification.marks import marks_of
from assistant.verification.verdict import Reason
from corpus.article import Language
from corpus.token_states import TokenStates

if TYPE_CHECKING:
    from assistant.verification.comparison import Comparison

_WEIGHTS = Path(__file__).with_name("comparison.npz")
_CALIBRATION = Path(__file__).with_name("comparison.json")
LEAST_WORDS = 0.35
"""Below this share of a sentence's words in the quotes nothing carries it. Of 1,152 true rewritings that were written
freely on purpose, four had less."""
_NETWORKS = "networks."
"""Before the number of a network and the names of its weights: the shipped ones are asked together."""


class Calibration(BaseModel):
    """How the parts of support are weighed, and from which support on a sentence is carried.

    Set on rewritings of articles that the networks were not trained on. ``excuses``: for rules that are often wrong,
    the support from which on their finding does not count.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    network: float
    words: float
    nearness: float
    weakest_clause: float
    weakest_words: float
    constant: float
    threshold: float = Field(gt=0, lt=1)
    excuses: dict[Reason, float]

    def support(self, network: float, covered: Coverage) -> float:
        """From the networks' mean score (0 is undecided) and the coverage, 0 to 1."""
        if covered.words < LEAST_WORDS:
            return 0.0
        score = (
            self.network * network
            + self.words * covered.words
            + self.nearness * covered.nearness
            + self.weakest_clause * covered.weakest_clause
            + self.weakest_words * covered.weakest_words
            + self.constant
        )
        return 1 / (1 + math.exp(-score))


class Comparer:
    """A :class:`assistant.verification.verifier.Support`. Safe to share between threads; loaded at first use."""

    def __init__(self, tokens: TokenStates) -> None:
        self._tokens = tokens
        self._networks: tuple[Comparison, ...] = ()
        self._lock = threading.Lock()
        self._calibration = calibration()
        self.threshold = self._calibration.threshold
        self.excuses: Mapping[Reason, float] = self._calibration.excuses

    def support(self, sentence: str, quotes: Sequence[str], language: Language) -> float:
        """See :class:`assistant.verification.verifier.Support`."""
        return self._calibration.support(*self.parts(sentence, quotes, language))

    def parts(self, sentence: str, quotes: Sequence[str], language: Language) -> tuple[float, Coverage]:
        """What support is made of: the networks' mean score, and the coverage."""
        import torch

        from assistant.verification.comparison import Marked, pairs_of
        from corpus.threads import threads_for

        texts = [sentence, *quotes]
        tokens = self._tokens.of(texts)
        said, *quoted = [Marked(each, marks_of(text, each, language)) for text, each in zip(texts, tokens, strict=True)]
        with self._lock, torch.inference_mode(), threads_for(len(sentence)):
            self._networks = self._networks or load_networks()
            pairs = pairs_of([(said, quoted)])
            scores = [float(network(pairs)[0]) for network in self._networks]
            common = self._networks[0].mean[-1].numpy()
        held = list(zip(quotes, tokens[1:], strict=True))
        return sum(scores) / len(scores), coverage_of((sentence, tokens[0]), held, language, common)


def calibration() -> Calibration:
    """What the shipped comparison was set to."""
    return Calibration.model_validate(json.loads(_CALIBRATION.read_text(encoding="utf-8")))


def load_networks() -> tuple[Comparison, ...]:
    """The shipped networks, ready to be asked."""
    with np.load(_WEIGHTS) as kept:
        weights = {name.removeprefix(_NETWORKS): kept[name] for name in kept.files}
    numbers = sorted({name.partition(".")[0] for name in weights})
    return tuple(
        _network({name.partition(".")[2]: array for name, array in weights.items() if name.startswith(f"{number}.")})
        for number in numbers
    )


def keep_networks(networks: Sequence[Mapping[str, NDArray[Any]]]) -> None:
    """Make these the shipped networks: the weights of each, by name."""
    halved: dict[str, Any] = {
        f"{_NETWORKS}{number}.{name}": array.astype(np.float16)
        for number, weights in enumerate(networks)
        for name, array in weights.items()
    }
    np.savez_compressed(_WEIGHTS, **halved)


def keep_calibration(calibrated: Calibration) -> None:
    """Make this the shipped calibration."""
    _CALIBRATION.write_text(calibrated.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _network(weights: Mapping[str, NDArray[np.float16]]) -> Comparison:
    import torch

    from assistant.verification.comparison import Comparison

    network = Comparison()
    network.load_state_dict({name: torch.from_numpy(array.astype(np.float32)) for name, array in weights.items()})
    network.eval()
    return network
