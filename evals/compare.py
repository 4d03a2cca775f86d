"""Two runs over the same cases: every metric paired case by case, and the cases that came out otherwise."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from scipy.stats import binomtest

from errors import UsageError
from evals import differences
from evals.cases import Case
from evals.differences import EFFECTS, Change, change, worst_first
from evals.metrics import BY_NAME, METRICS, Metric
from evals.runs.record import Run
from evals.score import Row

ALPHA = 0.05
RESAMPLES = 10_000
_SEED = 20_261_122
_AT_ONCE = 1000
_EXACT_UP_TO = 12
_IN_FULL = 10
_Floats = NDArray[np.float64]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Difference(_Value):
    """One metric over the ``n`` pairs that both runs scored; ``unscored`` pairs lack a score in one run or both.

    before, after      means, in the metric's unit; these and the next two are None where n is 0
    difference         after minus before, with its 95% interval from ``low`` to ``high``: a paired bootstrap
                       (Efron and Tibshirani, 1993)
    p                  two-sided: McNemar's exact test (1947) where every score is 0 or 1, else Fisher's paired
                       randomisation of signs (1935), exact for up to 12 pairs that differ; 1 where none does
    better, worse      pairs that moved either way; None where neither way is better
    same               pairs with the same score in both
    smallest_cases     the fewest cases that had to get worse, with none better, for p to reach 0.05; None where
                       there are fewer pairs than that
    smallest           the same as a share of the pairs; None where scores are not all 0 or 1
    """

    metric: str
    n: int
    unscored: int
    before: float | None = None
    after: float | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    p: float = 1.0
    better: int | None = None
    worse: int | None = None
    same: int = 0
    smallest_cases: int | None = None
    smallest: float | None = None

    @property
    def changed(self) -> bool:
        """Whether any pair's scores differ."""
        return self.same < self.n


class Comparison(_Value):
    """Two runs, named by their ids. Cases are ids.

    Not compared are the cases of ``only_before`` and ``only_after``, and the ``altered`` ones: in both runs, with
    another question or expectation. ``changed`` is worst first.
    """

    before: str
    after: str
    pairs: int
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    altered: tuple[str, ...]
    differences: tuple[Difference, ...]
    changed: tuple[Change, ...]

    def of(self, metric: str) -> Difference:
        """That metric's difference."""
        return next(each for each in self.differences if each.metric == metric)


@dataclass(frozen=True, slots=True)
class Pairing:
    """Rows of two runs beside each other, in the order of the first, and the ids of cases without a partner."""

    pairs: tuple[tuple[Row, Row], ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    altered: tuple[str, ...]


def compare(before: Run, after: Run) -> Comparison:
    """What changed from one run to the other.

    Raises:
        UsageError: no case is in both with the same question and expectation.
    """
    pairing = paired(before, after)
    changes = (change(*pair) for pair in pairing.pairs)
    return Comparison(
        before=before.info.id,
        after=after.info.id,
        pairs=len(pairing.pairs),
        only_before=pairing.only_before,
        only_after=pairing.only_after,
        altered=pairing.altered,
        differences=tuple(difference(metric, pairing.pairs) for metric in METRICS),
        changed=tuple(sorted((each for each in changes if each), key=worst_first)),
    )


def paired(before: Run, after: Run) -> Pairing:
    """Pair the rows by the id of their case. Raises as :func:`compare` does."""
    old, new = ({row.case.id: row for row in run.rows} for run in (before, after))
    both = [(old[name], new[name]) for name in old if name in new]
    same = tuple((row, now) for row, now in both if _asks(row.case) == _asks(now.case))
    if not same:
        names = f"{before.info.id} and {after.info.id}"
        raise UsageError(f"No case is the same in the runs {names}. Compare runs of the same cases.")
    return Pairing(
        pairs=same,
        only_before=tuple(name for name in old if name not in new),
        only_after=tuple(name for name in new if name not in old),
        altered=tuple(row.case.id for row, now in both if _asks(row.case) != _asks(now.case)),
    )


def _asks(case: Case) -> Case:
    """The case without what makes no difference to its scores."""
    return case.model_copy(update={"tags": (), "author": "", "date": None})


def difference(metric: Metric, pairs: Sequence[tuple[Row, Row]]) -> Difference:
    """One metric over ``pairs``, of which those scored in both count."""
    values = [(metric.of(old), metric.of(new)) for old, new in pairs]
    scored = np.array([pair for pair in values if None not in pair], dtype=float).reshape(-1, 2)
    n, unscored = len(scored), len(values) - len(scored)
    if not n:
        return Difference(metric=metric.name, n=0, unscored=unscored)
    gaps = np.sort(scored[:, 1] - scored[:, 0])
    up, down = int((gaps > 0).sum()), int((gaps < 0).sum())
    better, worse = {"more": (up, down), "less": (down, up), None: (None, None)}[metric.better]
    flags = metric.share and bool(np.isin(scored, (0.0, 1.0)).all())
    low, high = interval(gaps)
    fewest = fewest_to_show(ALPHA)
    return Difference(
        metric=metric.name,
        n=n,
        unscored=unscored,
        before=math.fsum(scored[:, 0]) / n,
        after=math.fsum(scored[:, 1]) / n,
        difference=math.fsum(gaps) / n,
        low=low,
        high=high,
        p=mcnemar(down, up) if flags else randomised_signs(gaps),
        better=better,
        worse=worse,
        same=n - up - down,
        smallest_cases=fewest if fewest <= n else None,
        smallest=fewest / n if flags and fewest <= n else None,
    )


def interval(gaps: _Floats) -> tuple[float, float]:
    """Where the mean of ``gaps`` lies in 95% of resampled sets of pairs."""
    sizes, counts = np.unique(gaps, return_counts=True)
    draw = np.random.default_rng(_SEED).multinomial
    # How often each size is drawn is all that a resample's mean depends on, and there are few sizes.
    means = [draw(len(gaps), counts / len(gaps), size=_AT_ONCE) @ sizes for _ in range(RESAMPLES // _AT_ONCE)]
    low, high = np.percentile(np.concatenate(means) / len(gaps), [2.5, 97.5])
    return float(low), float(high)


def mcnemar(worse: int, better: int) -> float:
    """Two-sided probability of so uneven a split, or a more uneven one, if either way were as likely."""
    return float(binomtest(worse, worse + better).pvalue) if worse + better else 1.0


def randomised_signs(gaps: _Floats) -> float:
    """Two-sided probability of a mean so far from 0, or farther, if each gap's sign were a coin's."""
    moved = gaps[gaps != 0]
    if not len(moved):
        return 1.0
    least = abs(moved.sum()) - 1e-9
    if len(moved) <= _EXACT_UP_TO:
        signs = 1 - 2 * (np.arange(2 ** len(moved))[:, None] >> np.arange(len(moved)) & 1)
        return float((np.abs(signs @ moved) >= least).mean())
    toss = np.random.default_rng(_SEED).choice
    hits = sum(
        int((np.abs(toss((-1.0, 1.0), size=(_AT_ONCE, len(moved))) @ moved) >= least).sum())
        for _ in range(RESAMPLES // _AT_ONCE)
    )
    return (hits + 1) / (RESAMPLES + 1)


def fewest_to_show(alpha: float) -> int:
    """The fewest pairs that, all moving one way, give p <= ``alpha``: with k such pairs p is 2 / 2 ** k."""
    return 1 + math.ceil(-math.log2(alpha))


def as_text(comparison: Comparison) -> str:
    """The comparison for a terminal: what moved, then the cases that changed, the first ten in full."""
    lines = [f"{comparison.before} (before) and {comparison.after} (after): {comparison.pairs} cases in both"]
    for names, what in (
        (comparison.only_before, "only before"),
        (comparison.only_after, "only after"),
        (comparison.altered, "with another question or expectation, not compared"),
    ):
        lines += [f"{len(names)} {what}: {', '.join(names)}"] if names else []
    lines += ["", *_table(comparison), "", _heading(comparison.changed)]
    for place, each in enumerate(comparison.changed):
        lines.append("\n" + differences.as_text(each) if place < _IN_FULL else differences.in_one_line(each))
        lines += [""] if place == _IN_FULL - 1 else []
    return "\n".join(lines).rstrip()


def _table(comparison: Comparison) -> Iterator[str]:
    moved = [each for each in comparison.differences if each.changed]
    if moved:
        yield f"{'':46}{'pairs':>6}{'before':>9}{'after':>9}  {'difference (95%)':30}{'p':>7}{'worse':>7}{'better':>7}"
    yield from (_line(each) for each in moved)
    still = [BY_NAME[each.metric].label for each in comparison.differences if not each.changed and each.n]
    if still:
        yield f"No change in: {', '.join(still)}"


def _line(each: Difference) -> str:
    show: Callable[[float | None], str] = ("{:.3f}" if BY_NAME[each.metric].share else "{:.1f}").format
    ways = "".join(f"{'-' if way is None else way:>7}" for way in (each.worse, each.better))
    means = f"{each.n:>6}{show(each.before):>9}{show(each.after):>9}"
    spread = f"{show(each.difference)} ({show(each.low)} to {show(each.high)})"
    return f"{BY_NAME[each.metric].label:46}{means}  {spread:30}{each.p:>7.4f}{ways}"


def _heading(changed: Sequence[Change]) -> str:
    if not changed:
        return "No case changed."
    counts = [f"{sum(c.effect == effect for c in changed)} {what}" for effect, what in EFFECTS.items()]
    return f"Changed cases ({len(changed)}): " + "; ".join(c for c in counts if not c.startswith("0 "))
