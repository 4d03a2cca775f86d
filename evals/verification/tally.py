"""So many sentences of so many, with the bar they are held to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from pydantic import BaseModel, ConfigDict, computed_field

from assistant.verification.verdict import Reason, Verdict
from corpus.article import LANGUAGES, Language
from evals.intervals import wilson

TRUE_DROPPED_AT_MOST = 0.10
CAUGHT_AT_LEAST = {
    "number": 1.0,
    "unit": 1.0,
    "comparison": 1.0,
    "citation": 1.0,
    "polarity": 0.95,
    "swap": 0.90,
    "clause": 0.85,
    "modality": 0.80,
}
"""The share of mutations of each kind that must be dropped."""
ALL = "both"
_HAIR = 1e-9


class Tally(BaseModel):
    """``dropped`` of ``of`` sentences were dropped, for ``reasons``. ``language`` is sv, en or both.

    ``bar`` is a share: true sentences may be dropped in at most that, false ones must be in at least that; None
    where there is no bar.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    what: str
    language: str
    true: bool
    dropped: int
    of: int
    bar: float | None = None
    reasons: dict[str, int] = {}

    @computed_field  # type: ignore[prop-decorator]
    @property
    def share(self) -> float | None:
        """Of the sentences, those that were dropped; None where there is none."""
        return round(self.dropped / self.of, 4) if self.of else None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95% interval of the share."""
        if not self.of:
            return None
        low, high = wilson(self.dropped, self.of)
        return round(low, 4), round(high, 4)

    @computed_field  # type: ignore[prop-decorator]
    @property
    def holds(self) -> bool | None:
        """Whether the bar is met; None without one, or without a sentence."""
        if self.bar is None or not self.of:
            return None
        allowed = self.bar * self.of
        return self.dropped <= allowed + _HAIR if self.true else self.dropped >= allowed - _HAIR


Judged = tuple[Language, Verdict]
"""A sentence's language and what the verifier says of it."""


def tallies(what: str, judged: Iterable[Judged], true: bool = False, bar: float | None = None) -> list[Tally]:
    """Of both languages together, then of each that occurs."""
    found = list(judged)
    rows = [_tally(what, ALL, [verdict for _, verdict in found], true, bar)]
    for language in LANGUAGES:
        own = [verdict for spoken, verdict in found if spoken == language]
        rows += [_tally(what, language, own, true, bar)] if own else []
    return rows


def _tally(what: str, language: str, verdicts: Sequence[Verdict], true: bool, bar: float | None) -> Tally:
    reasons: Counter[Reason] = Counter(verdict.reason for verdict in verdicts if verdict.reason)
    return Tally(
        what=what,
        language=language,
        true=true,
        dropped=reasons.total(),
        of=len(verdicts),
        bar=bar,
        reasons=dict(reasons.most_common()),
    )
