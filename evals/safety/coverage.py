"""Covered, near miss and off topic: the signals of labelled questions, the model fitted on them, and how it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict
from scipy.stats import beta
from sklearn.linear_model import LogisticRegression

from assistant.evidence import EvidenceModel, evidence_model, missing_words, only_told_in_other_language, support_of
from assistant.signals import NAMES, Signals, signals
from assistant.spelling import repair_spelling
from corpus.search import Searcher
from evals.cases import Case
from evals.safety.measure import Tally

Sort = Literal["covered", "near", "off"]
SORTS: tuple[Sort, ...] = ("covered", "near", "off")
RISKS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.5)
HITS = 24
_FOLDS, _STRENGTH, _STEPS, _SEED = 5, 1.0, 10, 7

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weighed:
    """A labelled question with its signals and its support (see :mod:`assistant.evidence`)."""

    case: Case
    sort: Sort
    support: float
    signals: Signals | None


def sort_of(case: Case) -> Sort:
    """Which of the three a case is, by its tags."""
    if "off-topic" in case.tags:
        return "off"
    return "near" if "near-miss" in case.tags else "covered"


def weigh(cases: Sequence[Case], searcher: Searcher) -> Iterator[Weighed]:
    """Search each question as the assistant would, in its own language."""
    for case in cases:
        question = repair_spelling(case.question, case.language)
        found = only_told_in_other_language(searcher.search(question, HITS, query_language=case.language))
        hits = [hit for hit in found.hits if hit.passage.language == case.language]
        support = support_of(found, case.language)
        values = signals(found, hits, case.language, missing_words(found, case.language)) if hits else None
        yield Weighed(case, sort_of(case), support, values)


def fit(weighed: Sequence[Weighed]) -> EvidenceModel:
    """Fit covered against near miss, and draw the lines on opinions about questions that were left out.

    For each accepted risk the lowest of ten thresholds is taken whose one-sided upper bound (Clopper and Pearson,
    1934) on the share of near misses among those called sufficient is no higher. The bounds hold together at 95%:
    each is taken at a tenth of the error (Bonferroni).
    """
    used = [each for each in weighed if each.signals and each.sort != "off"]
    rows = np.array([each.signals.row() for each in used if each.signals])
    covered = np.array([each.sort == "covered" for each in used])
    means, scales = rows.mean(axis=0), rows.std(axis=0)
    scales[scales == 0] = 1.0
    inputs = (rows - means) / scales
    left_out = _left_out(inputs, covered)
    model = _regression(inputs, covered)
    return EvidenceModel(
        fitted=date.today().isoformat(),
        questions=len(used),
        names=NAMES,
        means=tuple(round(float(value), 6) for value in means),
        scales=tuple(round(float(value), 6) for value in scales),
        weights=tuple(round(float(value), 4) for value in model.coef_[0]),
        base=round(float(model.intercept_[0]), 4),
        thresholds={risk: round(threshold_for(risk, left_out, covered), 4) for risk in RISKS},
    )


def _regression(inputs: Floats, covered: NDArray[np.bool_]) -> LogisticRegression:
    return LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=1000).fit(inputs, covered)


def _left_out(inputs: Floats, covered: NDArray[np.bool_]) -> Floats:
    """Log odds of each question by a model that has not seen it."""
    fold = np.random.default_rng(_SEED).permutation(len(covered)) % _FOLDS
    odds = np.zeros(len(covered))
    for number in range(_FOLDS):
        out = fold == number
        odds[out] = _regression(inputs[~out], covered[~out]).decision_function(inputs[out])
    return odds


def threshold_for(risk: float, odds: Floats, covered: NDArray[np.bool_]) -> float:
    """The lowest threshold that keeps the bound at or under ``risk``; above all odds where none does."""
    order = np.argsort(-odds)
    wrong = np.cumsum(~covered[order])
    counts = np.unique(np.linspace(len(order) / _STEPS, len(order), _STEPS).astype(int))
    level = 1 - 0.05 / len(counts)
    threshold = float(odds.max()) + 1e-3
    for count in counts:
        errors = int(wrong[count - 1])
        if errors < count and float(beta.ppf(level, errors + 1, count - errors)) <= risk:
            threshold = float(odds[order[count - 1]]) - 1e-3
    return threshold


def of_the_same_articles(cases: Sequence[Case], others: Sequence[Case]) -> list[Case]:
    """Those of ``others`` that are a plain question on an article that ``cases`` are about too."""
    articles = {tag for case in cases for tag in case.tags} | {s.article for case in cases for s in case.supports}
    return [
        case
        for case in others
        if not case.history
        and set(case.kind) <= {"answer", "abstain"}
        and (sort_of(case) == "off" or {support.article for support in case.supports} & articles)
    ]


class SortResult(BaseModel):
    """How one sort of question came out, of ``of``."""

    model_config = ConfigDict(frozen=True)

    half: str
    language: str
    sort: Sort
    sufficient: int
    partial: int
    none: int

    @property
    def of(self) -> int:
        """How many questions there are."""
        return self.sufficient + self.partial + self.none


def results(half: str, weighed: Sequence[Weighed], risk: float) -> Iterator[SortResult]:
    """What evidence each sort got, in both languages together and apart."""
    for language in ("both", "sv", "en"):
        for sort in SORTS:
            some = [w for w in weighed if w.sort == sort and language in ("both", w.case.language)]
            given = [evidence_of(each, risk) for each in some]
            yield SortResult(
                half=half,
                language=language,
                sort=sort,
                sufficient=given.count("sufficient"),
                partial=given.count("partial"),
                none=given.count("none"),
            )


def evidence_row(line: SortResult) -> str:
    """One line of the table."""
    given = f"sufficient {line.sufficient:3}  partial {line.partial:3}  none {line.none:3}"
    return f"{line.half:5} {line.language:5} {line.sort:8} {given}"


def evidence_tallies(half: str, sorts: Sequence[SortResult]) -> list[Tally]:
    """The four bars on one half: nothing refused that is covered, nothing answered that is not."""
    by_sort = {line.sort: line for line in sorts if line.half == half and line.language == "both"}
    covered, near, off = (by_sort[sort] for sort in SORTS)
    return [
        Tally(half=half, what="covered questions refused", wrong=covered.none, of=covered.of, most=0.06),
        Tally(half=half, what="covered questions called partial", wrong=covered.partial, of=covered.of, most=0.1),
        Tally(half=half, what="near misses called sufficient", wrong=near.sufficient, of=near.of, most=0.35),
        Tally(half=half, what="off topic not refused", wrong=off.of - off.none, of=off.of, most=0.03),
    ]


def evidence_of(each: Weighed, risk: float) -> str:
    """What the assistant would say of the evidence."""
    if each.support <= 0 or each.signals is None:
        return "none"
    return "sufficient" if evidence_model().margin(each.signals, risk) > 0 else "partial"


def auroc(good: Floats, bad: Floats) -> float:
    """The chance that a good one scores above a bad one (Hanley and McNeil, 1982); ties count half."""
    above = (good[:, None] > bad[None, :]).mean()
    return float(above + 0.5 * (good[:, None] == bad[None, :]).mean())


def risk_coverage(confidence: Floats, right: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Coverage and risk when one answers the most confident first (El-Yaniv and Wiener, 2010)."""
    order = np.argsort(-confidence)
    counts = np.arange(1, len(order) + 1)
    return counts / len(order), np.cumsum(~right[order]) / counts


def aurc(risk: Floats) -> float:
    """The area under the risk-coverage curve: the mean risk over all coverages."""
    return float(risk.mean())


def coverage_at(coverage: Floats, risk: Floats, accepted: float) -> float:
    """The largest coverage at which the risk is no higher than ``accepted``; 0 where there is none."""
    return float(max((c for c, r in zip(coverage, risk, strict=True) if r <= accepted), default=0.0))
