"""One question answered both ways, and what was measured of each."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from assistant.answer import Answer
from assistant.verification.verdict import Reason
from corpus.article import Language
from evals.generative.alce import Alce


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Judged(_Value):
    """A sentence that the model wrote and what the verifier said of it; it cites by the numbers the model was given.

    ``reason`` is None for a sentence that was kept, which need not mean that it was shown: where the kept ones do
    not suffice, the extractive answer stands.
    """

    text: str
    citations: tuple[int, ...]
    reason: Reason | None
    support: float | None


class Side(_Value):
    """An answer, and what was measured of it. ``readability`` is LIX in Swedish, Flesch's reading ease in English."""

    answer: Answer
    alce: Alce
    words: int
    readability: float | None
    first_ms: float
    whole_ms: float


class Row(_Value):
    """A case. ``quotes`` are what the model was shown; ``written`` is empty where it was not asked or said nothing."""

    id: str
    question: str
    language: Language
    extractive: Side
    generative: Side
    quotes: tuple[str, ...]
    written: tuple[Judged, ...]

    @property
    def outcome(self) -> str:
        """What came of asking the model; "not asked" where the reply is of a kind that it is never asked for."""
        generation = self.generative.answer.generation
        return generation.outcome if generation else "not asked"

    @property
    def worded(self) -> bool:
        """Whether the model's words are the answer."""
        return self.generative.answer.mode == "generative"
