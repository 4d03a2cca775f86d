"""A run as text for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from evals import judged_text
from evals.metrics import BY_NAME
from evals.runs.summary import Measured, Summary
from evals.score import Row


def as_text(summary: Summary) -> str:
    """The metrics, one a line, with how many cases they rest on, and below them what judges said."""
    failed = f", {summary.failed} could not be answered" if summary.failed else ""
    lines = [f"{summary.right} of {summary.cases} cases right in everything{failed}", ""]
    lines += [_line(measured) for measured in summary.measured if measured.n]
    for language in (group for group in summary.groups if group.by == "language"):
        right = next(measured for measured in language.measured if measured.metric == "right")
        if right.mean is not None:
            lines.append(f"{'  right in ' + language.name:48} {right.mean:7.1%} of {right.n}")
    lines += [judged_text.as_text(judge) for judge in summary.judges]
    return "\n".join(lines)


def wrong_rows(rows: Sequence[Row], with_answers: bool = False) -> str:
    """The cases that came out wrong or failed, and why; nothing where all is well."""
    return "".join(line for row in rows if row.right is not True for line in _wrong(row, with_answers))


def _line(measured: Measured) -> str:
    metric = BY_NAME[measured.metric]
    assert measured.mean is not None and measured.low is not None and measured.high is not None
    if metric.share:
        value, between = f"{measured.mean:7.1%}", f"{measured.low:.1%} to {measured.high:.1%}"
    else:
        value, between = f"{measured.mean:7.1f}", f"{measured.low:.1f} to {measured.high:.1f}"
    unscored = f", {measured.unscored} unscored" if measured.unscored else ""
    return f"{metric.label:48} {value} of {measured.n} ({between}{unscored})"


def _wrong(row: Row, with_answers: bool) -> Iterator[str]:
    yield f"{row.case.id}: {row.case.question}\n    {row.error or '; '.join(row.faults)}\n"
    if with_answers and row.answer:
        yield from (f"      [{sentence.citations[0]}] {sentence.text}\n" for sentence in row.answer.sentences)
