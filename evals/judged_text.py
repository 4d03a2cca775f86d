"""What judges said, as people read it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from evals.judged import APART, Facet, FacetMean, JudgeSummary

NEVER_GATES = "Chat models' opinions, from 1 to 5, for reading alone. They never decide a gate."
LABELS: dict[Facet, str] = {"faithfulness": "Faithfulness", "helpfulness": "Helpfulness", "tone": "Tone"}
ASKED: dict[Facet, str] = {
    "faithfulness": "Every sentence is supported by the sources it cites.",
    "helpfulness": "The answer says what was asked.",
    "tone": "Plain and warm words, without alarm or sales talk.",
}


@dataclass(frozen=True, slots=True)
class JudgeLine:
    """A facet of a run as a table shows it; "unscored" or "–" where there is no number."""

    label: str
    asked: str
    mean: str
    spread: str
    apart: str


def judge_lines(summary: JudgeSummary) -> tuple[JudgeLine, ...]:
    """A line for each facet."""
    return tuple(_line(each) for each in summary.facets)


def basis(summary: JudgeSummary) -> str:
    """What the means rest on, in a sentence."""
    own = summary.temperature is None
    how = "At the model's own temperature" if own else f"At temperature {summary.temperature:g}"
    replies = f"{summary.unscored_repeats} of {summary.repeats} replies could not be used"
    return f"{how}: {summary.n} cases scored, {summary.unscored} unscored; {replies}."


def as_text(summary: JudgeSummary) -> str:
    """One judge for the terminal."""
    return "\n".join(["", f"Judged by {summary.judge}. {NEVER_GATES}", basis(summary), *_text_lines(summary)])


def _text_lines(summary: JudgeSummary) -> Iterator[str]:
    for line in judge_lines(summary):
        yield f"{'  ' + line.label:48} {line.mean:>7} (spread {line.spread}; {APART} or more apart: {line.apart})"


def _line(each: FacetMean) -> JudgeLine:
    return JudgeLine(
        label=LABELS[each.facet],
        asked=ASKED[each.facet],
        mean="unscored" if each.mean is None else f"{each.mean:.2f}",
        spread="–" if each.spread is None else f"{each.spread:.2f}",
        apart="–" if each.apart is None else f"{each.apart:.0%}",
    )
