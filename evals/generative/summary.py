"""Both ways of answering summed up, side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from statistics import mean, median

from pydantic import BaseModel, ConfigDict

from corpus.article import Language
from evals.generative.alce import Alce, summed
from evals.generative.rows import Row, Side


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Way(_Value):
    """One column. Only answers count (replies of kind "answer"); None where there is nothing to take a mean of.

    lix, flesch           means, of answers that quote Swedish and English articles
    first_ms, whole_ms    medians, from the question to the first sentence shown and to the whole answer
    """

    name: str
    answers: int
    alce: Alce
    recall: float | None
    precision: float | None
    words: float | None
    lix: float | None
    flesch: float | None
    first_ms: float | None
    whole_ms: float | None


class Summary(_Value):
    """What came of it. ``written`` sentences are ``kept`` and dropped, by reason; ``worded`` answers are the model's.

    Kept ones are those that the verifier let pass; where they did not suffice, none of them was shown.
    """

    model: str
    judge: str
    asked: int
    outcomes: dict[str, int]
    written: int
    kept: int
    dropped: dict[str, int]
    worded: int
    ways: tuple[Way, ...]

    @property
    def share_worded(self) -> float | None:
        """Of the questions asked, those that the model's words answered."""
        return self.worded / self.asked if self.asked else None


def summarise(rows: Sequence[Row], model: str, judge: str) -> Summary:
    """Three columns: the articles' words, the same where the model worded the answer, and what the model made of it."""
    worded = [row for row in rows if row.worded]
    judged = [sentence for row in rows for sentence in row.written]
    reasons = Counter(sentence.reason for sentence in judged if sentence.reason)
    return Summary(
        model=model,
        judge=judge,
        asked=len(rows),
        outcomes=dict(Counter(row.outcome for row in rows).most_common()),
        written=len(judged),
        kept=len(judged) - reasons.total(),
        dropped={str(reason): count for reason, count in reasons.most_common()},
        worded=len(worded),
        ways=(
            _way("extractive", [row.extractive for row in rows]),
            _way("extractive, where worded", [row.extractive for row in worded]),
            _way("worded by the model", [row.generative for row in worded]),
        ),
    )


def _way(name: str, sides: Sequence[Side]) -> Way:
    answers = [side for side in sides if side.answer.kind == "answer"]
    counts = summed(side.alce for side in answers)
    return Way(
        name=name,
        answers=len(answers),
        alce=counts,
        recall=_rounded(counts.recall),
        precision=_rounded(counts.precision),
        words=_of(mean, [side.words for side in answers]),
        lix=_of(mean, _readability(answers, "sv")),
        flesch=_of(mean, _readability(answers, "en")),
        first_ms=_of(median, [side.first_ms for side in answers]),
        whole_ms=_of(median, [side.whole_ms for side in answers]),
    )


def _readability(sides: Sequence[Side], language: Language) -> list[float]:
    return [
        side.readability
        for side in sides
        if side.readability is not None and side.answer.citations[0].language == language
    ]


def _of(take: Callable[[Sequence[float]], float], values: Sequence[float]) -> float | None:
    return round(take(values), 1) if values else None


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
