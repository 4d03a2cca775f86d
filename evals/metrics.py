"""What a run is summed up by: each metric's name, how it is taken from a row, and which way is better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from assistant.answer import Answer
from evals.score import Row, Scores

Better = Literal["more", "less"]


@dataclass(frozen=True, slots=True)
class Metric:
    """``of`` gives a row's value: 0 to 1 for a ``share``, else in the metric's own unit; None where unscored.

    ``better`` is None where neither way is. ``gates`` says whether a release may be stopped by it.
    """

    name: str
    label: str
    of: Callable[[Row], float | None]
    better: Better | None = "more"
    share: bool = True
    gates: bool = True


def _score(name: str) -> Callable[[Row], float | None]:
    def take(row: Row) -> float | None:
        value = None if row.scores is None else getattr(row.scores, name)
        return None if value is None else float(value)

    assert name in Scores.model_fields
    return take


def _right(row: Row) -> float | None:
    return None if row.right is None else float(row.right)


def _clean(row: Row) -> float | None:
    """A case that forbids nothing has nothing to score."""
    return float(row.scores.clean) if row.scores and row.case.absent else None


def _readability(language: str) -> Callable[[Row], float | None]:
    """By the language of what is quoted, which need not be the visitor's."""
    take = _score("readability")
    return lambda row: take(row) if row.answer and _quoted_language(row.answer) == language else None


def _quoted_language(answer: Answer) -> str | None:
    return answer.citations[0].language if answer.citations else None


def _words(row: Row) -> float | None:
    """A reply that quotes nothing is not an answer of no words."""
    return float(row.scores.words) if row.scores and row.answer and row.answer.sentences else None


METRICS: tuple[Metric, ...] = (
    Metric("right", "Right in everything", _right),
    Metric("kind", "Right kind of reply", _score("kind")),
    Metric("language", "In the visitor's language", _score("language")),
    Metric("evidence", "Says rightly how far the articles carry", _score("evidence")),
    Metric("retrieved", "Supporting passage among the first ten found", _score("retrieved")),
    Metric("cited", "Supporting passage cited", _score("cited")),
    Metric("first_cited", "Supporting passage cited first", _score("first_cited")),
    Metric("citation_precision", "Citations that support", _score("citation_precision")),
    Metric("fact_recall", "Facts said", _score("fact_recall")),
    Metric("clean", "Nothing said that must not be", _clean),
    Metric("quotes", "Quotes exact", _score("quotes")),
    Metric("verbatim", "Sentences verbatim from their quotes", _score("verbatim")),
    Metric("prompt", "Blood test prompt where it is due", _score("prompt")),
    Metric("lix", "LIX of Swedish answers", _readability("sv"), "less", share=False, gates=False),
    Metric("flesch", "Flesch's reading ease of English answers", _readability("en"), share=False, gates=False),
    Metric("words", "Words in an answer", _words, None, share=False, gates=False),
    Metric("milliseconds", "Milliseconds", lambda row: row.milliseconds, "less", share=False, gates=False),
)

BY_NAME = {metric.name: metric for metric in METRICS}
