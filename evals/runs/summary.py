"""A run in numbers: every metric over all rows, by language, topic and tag, and which kinds were mistaken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from pydantic import BaseModel, ConfigDict

from evals.intervals import of_mean, wilson
from evals.judged import JudgeSummary, can_be_judged, sum_up
from evals.metrics import METRICS, Metric
from evals.score import Row


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Measured(_Value):
    """One metric over some rows: the mean with its 95% interval; all three None where nothing was scored.

    ``n`` rows were scored and ``unscored`` were not, be it that the case asks nothing of the kind or that it failed.
    """

    metric: str
    n: int
    unscored: int
    mean: float | None
    low: float | None
    high: float | None


class Group(_Value):
    """The metrics over the rows that share a language, a topic or a tag."""

    by: str
    name: str
    rows: int
    measured: tuple[Measured, ...]


class Confusion(_Value):
    """So many cases that expected one kind got another (or the same)."""

    expected: str
    got: str
    n: int


class Summary(_Value):
    """A whole run. ``failed`` cases could not be answered and are in no mean. ``judges`` are for reading alone."""

    cases: int
    failed: int
    right: int
    measured: tuple[Measured, ...]
    groups: tuple[Group, ...]
    confusion: tuple[Confusion, ...]
    judges: tuple[JudgeSummary, ...] = ()

    def of(self, metric: str) -> Measured:
        """That metric over all rows."""
        return next(each for each in self.measured if each.metric == metric)


def summarise(rows: Sequence[Row]) -> Summary:
    """The numbers of a run."""
    return Summary(
        cases=len(rows),
        failed=sum(row.scores is None for row in rows),
        right=sum(row.right is True for row in rows),
        measured=tuple(measure(rows, metric) for metric in METRICS),
        groups=tuple(_groups(rows)),
        confusion=confusion(rows),
        judges=sum_up({row.case.id: row.judged for row in rows if can_be_judged(row.answer)}),
    )


def measure(rows: Sequence[Row], metric: Metric) -> Measured:
    """One metric over ``rows``: flags get Wilson's interval, everything else Student's, a share's cut to 0 to 1."""
    values = [value for row in rows if (value := metric.of(row)) is not None]
    unscored = len(rows) - len(values)
    if not values:
        return Measured(metric=metric.name, n=0, unscored=unscored, mean=None, low=None, high=None)
    mean = sum(values) / len(values)
    flags = metric.share and all(value in (0.0, 1.0) for value in values)
    low, high = wilson(round(sum(values)), len(values)) if flags else of_mean(values)
    if metric.share:
        low, high = max(0.0, low), min(1.0, high)
    return Measured(
        metric=metric.name,
        n=len(values),
        unscored=unscored,
        mean=round(mean, 4),
        low=round(low, 4),
        high=round(high, 4),
    )


def confusion(rows: Sequence[Row]) -> tuple[Confusion, ...]:
    """Expected kinds against those that came; a case that allows several counts as the one it got, if that is one."""
    counts = Counter(_kinds(row) for row in rows if row.answer is not None)
    return tuple(Confusion(expected=expected, got=got, n=n) for (expected, got), n in sorted(counts.items()))


def _kinds(row: Row) -> tuple[str, str]:
    assert row.answer is not None
    got = row.answer.kind
    return (got if got in row.case.kind else row.case.kind[0]), got


def _groups(rows: Sequence[Row]) -> Iterator[Group]:
    """By language, by topic, by what the reply says of its evidence, and by each tag that at least two cases carry."""
    tags = Counter(tag for row in rows for tag in row.case.tags)
    for by, names in (
        ("language", sorted({row.case.language for row in rows})),
        ("topic", sorted({row.topic for row in rows if row.topic})),
        ("evidence", sorted({row.answer.evidence for row in rows if row.answer})),
        ("tag", sorted(tag for tag, n in tags.items() if n > 1)),
    ):
        for name in names:
            some = [row for row in rows if name in _belongs(row, by)]
            yield Group(by=by, name=name, rows=len(some), measured=tuple(measure(some, m) for m in METRICS))


def _belongs(row: Row, by: str) -> tuple[str, ...]:
    if by == "tag":
        return row.case.tags
    if by == "evidence":
        return (row.answer.evidence,) if row.answer else ()
    return (row.case.language,) if by == "language" else (row.topic or "",)
