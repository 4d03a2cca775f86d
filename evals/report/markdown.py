"""A run as Markdown for a pull request."""

from __future__ import annotations

import re
from collections.abc import Sequence

from evals.judged import APART
from evals.judged_text import NEVER_GATES, basis, judge_lines
from evals.metrics import METRICS
from evals.report.verdict import amount, spread, unfinished, verdict
from evals.runs.record import Run
from evals.runs.summary import Summary
from evals.score import Row

LONGEST = 60_000
"""Characters at most; GitHub takes 65,536."""
_OPEN = 20
_LONGEST_TEXT = 160
_MOST_FAULTS = 8
_ROOM_TO_CLOSE = 300


def as_markdown(run: Run, summary: Summary) -> str:
    """The verdict, the metrics, and what went wrong where: the first cases open, the others folded.

    Never longer than ``LONGEST``; cases that find no room are counted and left to the page.
    """
    head = "\n".join([*_head(run, summary), *_metrics(summary), *_judges(summary), ""])
    off = [row for row in run.rows if row.right is not True]
    return head + _cases(off, LONGEST - len(head)) if off else head


def _head(run: Run, summary: Summary) -> list[str]:
    lines = ["## Evals", "", f"**{verdict(run, summary)}**", ""]
    note = unfinished(run)
    if note:
        lines += [note, ""]
    made = (
        f"Run {_code(run.info.id)}, cases {_code(run.info.cases)}, articles {_code(run.info.corpus_fingerprint[:12])}"
    )
    return [*lines, made + ".", ""]


def _metrics(summary: Summary) -> list[str]:
    lines = ["| Measure | Mean | 95% interval | Scored | Unscored |", "| --- | ---: | ---: | ---: | ---: |"]
    for metric in METRICS:
        measured = summary.of(metric.name)
        cells = (amount(measured, measured.mean), spread(measured), str(measured.n), str(measured.unscored))
        lines.append(f"| {metric.label} | {' | '.join(cells)} |")
    return lines


def _judges(summary: Summary) -> list[str]:
    lines = ["", "### Judged by chat models", "", NEVER_GATES] if summary.judges else []
    for judge in summary.judges:
        lines += ["", f"{_code(judge.judge)}. {basis(judge)}", ""]
        lines.append(f"| Judged on | Mean | Spread between repeats | {APART} or more apart | Scored | Unscored |")
        lines.append("| --- | ---: | ---: | ---: | ---: | ---: |")
        for line in judge_lines(judge):
            cells = (line.label, line.mean, line.spread, line.apart, str(judge.n), str(judge.unscored))
            lines.append(f"| {' | '.join(cells)} |")
    return lines


def _cases(rows: Sequence[Row], room: int) -> str:
    entries = [_entry(row) for row in rows]
    room -= _ROOM_TO_CLOSE
    fitting = 0
    for entry in entries:
        room -= len(entry)
        if room < 0:
            break
        fitting += 1
    parts = ["\n### Not right\n\n", *entries[: min(fitting, _OPEN)]]
    if fitting > _OPEN:
        parts += [
            f"\n<details><summary>{fitting - _OPEN} more</summary>\n\n",
            *entries[_OPEN:fitting],
            "\n</details>\n",
        ]
    if fitting < len(entries):
        parts.append(f"\n{len(entries) - fitting} more are in report.html; there was no room for them here.\n")
    return "".join(parts)


def _entry(row: Row) -> str:
    reasons = row.faults if row.scores is not None else (f"no answer: {row.error or 'no reason was given'}",)
    lines = [f"- **{row.case.id}** {_code(row.case.question)}"]
    lines += [f"  - {_code(reason)}" for reason in reasons[:_MOST_FAULTS]]
    if len(reasons) > _MOST_FAULTS:
        lines.append(f"  - and {len(reasons) - _MOST_FAULTS} more")
    return "\n".join(lines) + "\n"


def _code(text: str) -> str:
    """As a code span, in which nothing is markup, a mention or a link. Long texts are cut."""
    flat = " ".join(text.split()) or " "
    flat = flat if len(flat) <= _LONGEST_TEXT else flat[: _LONGEST_TEXT - 1] + "…"
    fence = "`" * (max((len(run) for run in re.findall("`+", flat)), default=0) + 1)
    edge = " " if flat.startswith("`") or flat.endswith("`") else ""
    return f"{fence}{edge}{flat}{edge}{fence}"
