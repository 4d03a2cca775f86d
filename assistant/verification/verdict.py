"""What the verifier says of a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reason = Literal[
    "no_citation",
    "unknown_citation",
    "form",
    "too_long",
    "language",
    "not_quotable",
    "care",
    "diagnosis",
    "advice",
    "number",
    "unit",
    "limit",
    "comparison",
    "name",
    "polarity",
    "modality",
    "unsupported",
    "miscited",
    "context",
    "not_entailed",
    "repeats",
]
"""Why a sentence is dropped, in the order in which it is looked for."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` is None for a sentence that stays. ``citations`` are those it keeps: what adds nothing is left out."""

    reason: Reason | None
    citations: tuple[int, ...] = ()
    support: float | None = None
    """How well the quotes carry it, 0 to 1; None where it was not looked at."""

    @property
    def kept(self) -> bool:
        """Whether the sentence stays."""
        return self.reason is None
