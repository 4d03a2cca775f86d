"""What a run comes to, in sentences that need no table."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer import ALARM_KINDS
from evals.metrics import BY_NAME
from evals.runs.record import Run
from evals.runs.summary import Measured, Summary
from evals.score import Row

_BELOW_ZERO = ("flesch",)
"""Metrics that can be negative. Student's interval knows no bounds, so the others' are cut at 0."""
_WHAT_IS_WRONG = {
    "kind": "the wrong kind of reply",
    "language": "a reply in the wrong language",
    "evidence": "the wrong word on how far the articles carry",
    "cited": "no supporting passage cited",
    "fact_recall": "a fact that is missing",
    "clean": "something said that must not be",
    "quotes": "a quote that is not in the article",
    "verbatim": "a sentence that is not in its quote",
    "prompt": "the blood test prompt missing or out of place",
}
"""What a row below the full mark in a metric means. On equal counts the first named comes first."""


def verdict(run: Run, summary: Summary) -> str:
    """One sentence: how many are right, how many could not be answered, and what is worst."""
    if not summary.cases:
        return "No case has been answered."
    parts = [f"{summary.right} of {_cases(summary.cases)} right"]
    wrong = summary.cases - summary.right - summary.failed
    if wrong:
        parts.append(f"{wrong} wrong")
    if summary.failed:
        parts.append(f"{summary.failed} without an answer")
    worst = worst_of(run.rows)
    return ", ".join(parts) + (f"; {worst}." if worst else ".")


def worst_of(rows: Sequence[Row]) -> str | None:
    """What weighs most among the wrong: alarms that were missed, else the most frequent fault. None without one."""
    missed = sum(_misses_an_alarm(row) for row in rows)
    if missed:
        return f"worst: an alarm missed in {_cases(missed)}"
    counts = {name: sum(_is_below(row, name) for row in rows) for name in _WHAT_IS_WRONG}
    name = max(counts, key=lambda each: counts[each])
    if not counts[name]:
        return None
    return f"most often {_WHAT_IS_WRONG[name]}, in {_cases(counts[name])}"


def unfinished(run: Run) -> str | None:
    """A sentence saying how far an interrupted run came; None for a whole one."""
    if run.info.finished is not None and len(run.rows) == run.info.case_count:
        return None
    return f"The run was not finished: these are {len(run.rows)} of its {_cases(run.info.case_count)}."


def amount(measured: Measured, value: float | None) -> str:
    """A mean or an end of its interval as people write it; "unscored" for None."""
    if value is None:
        return "unscored"
    if BY_NAME[measured.metric].share:
        return f"{100 * value:.0f}%"
    return f"{value:.0f}" if value == 0 or abs(value) >= 100 else f"{value:.1f}"


def spread(measured: Measured) -> str:
    """The 95% interval in words; empty where nothing was scored."""
    if measured.low is None or measured.high is None:
        return ""
    low, high = measured.low, measured.high
    if measured.metric not in _BELOW_ZERO:
        low = max(0.0, low)
    if BY_NAME[measured.metric].share:
        high = min(1.0, high)
    return f"{amount(measured, low)} to {amount(measured, high)}"


def _misses_an_alarm(row: Row) -> bool:
    expected = set(row.case.kind)
    return row.answer is not None and expected <= set(ALARM_KINDS) and row.answer.kind not in ALARM_KINDS


def _is_below(row: Row, metric: str) -> bool:
    value = BY_NAME[metric].of(row)
    return row.right is False and value is not None and value < 1


def _cases(number: int) -> str:
    return f"{number} case" if number == 1 else f"{number} cases"
