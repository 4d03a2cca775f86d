"""The entailment adapter: any CrossEncoder trained on natural language inference, by name or folder.

It has a veto only: what the verifier drops it cannot save.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from corpus.sentence_transformer import first_line, keep_libraries_quiet
from errors import ModelUnavailable

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

ENTAILED = 0.5
"""The probability from which a sentence counts as entailed, where entailment is the likeliest of the three."""


class Entailment(Protocol):
    """Tells whether a sentence follows from quotes."""

    @property
    def name(self) -> str:
        """What it is called in reports."""

    def probability(self, quotes: Sequence[str], sentence: str) -> float:
        """How likely ``sentence`` follows from the quotes taken together, 0 to 1."""


class NamedEntailment:
    """An :class:`Entailment`. The weights are loaded at first use."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loaded: tuple[CrossEncoder, int] | None = None
        self._lock = threading.Lock()

    @property
    def name(self) -> str:
        return self._name

    def probability(self, quotes: Sequence[str], sentence: str) -> float:
        """See :class:`Entailment`.

        Raises:
            ModelUnavailable: the model cannot be loaded, or names no class "entailment".
        """
        from torch.nn import Softmax

        with self._lock:
            model, entailment = self._loaded = self._loaded or self._load()
            pair = [(" ".join(quotes), sentence)]
            row = model.predict(pair, activation_fn=Softmax(dim=-1), show_progress_bar=False)[0]
        return float(row[entailment])

    def _load(self) -> tuple[CrossEncoder, int]:
        keep_libraries_quiet()
        from sentence_transformers import CrossEncoder

        try:
            model = CrossEncoder(self._name, device="cpu")
        except Exception as error:
            raise ModelUnavailable(
                f"The entailment model {self._name!r} cannot be loaded: {first_line(error)}. Check "
                "ASSISTANT_ENTAILMENT_MODEL; a name needs network access the first time, a folder does not."
            ) from error
        labels = {label.casefold(): place for place, label in model.config.id2label.items()}
        named = [place for label, place in labels.items() if label.startswith("entail")]
        if not named:
            raise ModelUnavailable(
                f"The model {self._name!r} has no class called entailment (it has {', '.join(labels)}). Name one "
                "trained on natural language inference in ASSISTANT_ENTAILMENT_MODEL, or leave it empty."
            )
        return model, int(named[0])


def named_entailment(name: str) -> NamedEntailment | None:
    """The entailment model called ``name``, or none where the name is empty."""
    return NamedEntailment(name) if name else None
