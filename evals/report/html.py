"""A run as one page for the content team: no file beside it, nothing fetched, all text escaped by the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from corpus.store import ArticleStore
from evals.judged_text import LABELS, NEVER_GATES, basis, judge_lines
from evals.metrics import METRICS, Metric
from evals.report.plots import charts
from evals.report.shown import ShownCase, shown_cases
from evals.report.verdict import amount, spread, unfinished, verdict
from evals.runs.record import Run
from evals.runs.summary import Measured, Summary

_HERE = Path(__file__).parent
KIND_LABELS: Mapping[str, str] = {
    "answer": "Answer",
    "abstain": "No answer in the articles",
    "no_diagnosis": "No diagnosis",
    "no_dosing": "No dosing",
    "emergency": "Emergency",
    "poisoning": "Poisoning",
    "crisis": "Crisis",
    "smalltalk": "Small talk",
}
LANGUAGE_LABELS: Mapping[str, str] = {"sv": "Swedish", "en": "English"}
_KINDS = tuple(KIND_LABELS)
_EXPLAINED = {
    "lix": "LIX counts words per sentence and the share of words over six letters. About 30 is easy, over 50 is hard.",
    "flesch": "Reading ease by words per sentence and syllables per word. About 70 is easy, under 30 is hard.",
    "right": "A case is right when nothing at all is wrong with the reply.",
    "retrieved": "The search found a passage that the case names among its first ten.",
    "citation_precision": "Of the passages cited, the share that overlap a passage the case names.",
    "fact_recall": "Of the facts a case asks for, the share that the reply says.",
    "verbatim": "Each sentence stands word for word in the quote it cites.",
    "milliseconds": "The time from question to reply.",
}


@dataclass(frozen=True, slots=True)
class MetricLine:
    """A line of the table. ``bar`` holds low, mean and high in percent; None where there is nothing to draw."""

    label: str
    explained: str
    mean: str
    spread: str
    bar: tuple[float, float, float] | None
    n: int
    unscored: int


@dataclass(frozen=True, slots=True)
class GroupLine:
    """The cases of a language, topic or tag, and the address on the page that shows just them."""

    by: str
    name: str
    rows: int
    href: str
    right: MetricLine


@dataclass(frozen=True, slots=True)
class Cell:
    """So many cases of one expected kind that got one kind, and the address on the page that shows them."""

    n: int
    right: bool
    href: str


@dataclass(frozen=True, slots=True)
class KindTable:
    """Expected kinds down, kinds that came across."""

    got: tuple[str, ...]
    lines: tuple[tuple[str, tuple[Cell | None, ...]], ...]


def as_html(run: Run, summary: Summary, store: ArticleStore | None = None) -> str:
    """The whole page. ``store`` gives the paragraphs around quotes; without it the quotes stand alone.

    Raises:
        ProjectError: matplotlib, which draws the charts, is not installed.
    """
    cases = shown_cases(run.rows, store)
    return _template().render(
        info=run.info,
        summary=summary,
        wrong=summary.cases - summary.right - summary.failed,
        verdict=verdict(run, summary),
        unfinished=unfinished(run),
        metrics=[metric_line(metric, summary.of(metric.name)) for metric in METRICS],
        judges=[(each, judge_lines(each)) for each in summary.judges],
        never_gates=NEVER_GATES,
        basis=basis,
        judge_labels=LABELS,
        groups=_groups(summary),
        kinds=_kind_table(summary),
        charts=[(chart, Markup(chart.svg)) for chart in charts(run.rows)],
        cases=cases,
        choices=_choices(cases),
        kind_labels=KIND_LABELS,
        language_labels=LANGUAGE_LABELS,
        css=Markup((_HERE / "page.css").read_text(encoding="utf-8")),
        js=Markup((_HERE / "page.js").read_text(encoding="utf-8")),
    )


def metric_line(metric: Metric, measured: Measured) -> MetricLine:
    """A metric as the table shows it."""
    bar = None
    if metric.share and measured.mean is not None and measured.low is not None and measured.high is not None:
        bar = (_percent(measured.low), _percent(measured.mean), _percent(measured.high))
    return MetricLine(
        label=metric.label,
        explained=_EXPLAINED.get(metric.name, ""),
        mean=amount(measured, measured.mean),
        spread=spread(measured),
        bar=bar,
        n=measured.n,
        unscored=measured.unscored,
    )


def _percent(share: float) -> float:
    return round(100 * min(1.0, max(0.0, share)), 1)


def _groups(summary: Summary) -> list[GroupLine]:
    right = METRICS[0]
    return [
        GroupLine(
            by=group.by,
            name=group.name,
            rows=group.rows,
            href="#" + urlencode({group.by: group.name}),
            right=metric_line(right, next(m for m in group.measured if m.metric == right.name)),
        )
        for group in summary.groups
    ]


def _kind_table(summary: Summary) -> KindTable:
    counts = {(each.expected, each.got): each.n for each in summary.confusion}
    expected = [kind for kind in _KINDS if any(kind == one for one, _ in counts)]
    got = tuple(kind for kind in _KINDS if any(kind == other for _, other in counts))
    return KindTable(
        got=got,
        lines=tuple((one, tuple(_cell(one, other, counts.get((one, other))) for other in got)) for one in expected),
    )


def _cell(expected: str, got: str, n: int | None) -> Cell | None:
    return Cell(n, expected == got, "#" + urlencode({"expected": expected, "got": got})) if n else None


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer: only what occurs in the run, as value and label."""

    expected: tuple[tuple[str, str], ...]
    got: tuple[tuple[str, str], ...]
    language: tuple[tuple[str, str], ...]
    topic: tuple[tuple[str, str], ...]
    tag: tuple[tuple[str, str], ...]


def _choices(cases: Sequence[ShownCase]) -> Choices:
    wanted = {case.wanted for case in cases}
    came = {case.row.answer.kind for case in cases if case.row.answer}
    return Choices(
        expected=tuple((kind, KIND_LABELS[kind]) for kind in _KINDS if kind in wanted),
        got=tuple((kind, KIND_LABELS[kind]) for kind in _KINDS if kind in came),
        language=tuple((name, LANGUAGE_LABELS[name]) for name in sorted({c.row.case.language for c in cases})),
        topic=tuple((name, name) for name in sorted({c.row.topic for c in cases if c.row.topic})),
        tag=tuple((name, name) for name in sorted({tag for c in cases for tag in c.row.case.tags})),
    )


@cache
def _template() -> Template:
    engine = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return engine.get_template("page.html")
