"""Ranking metrics in trec_eval's definitions, and whether one system is really better than another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ir_measures
import numpy as np
from ir_measures import RR, R, nDCG
from numpy.typing import NDArray

Run = Mapping[str, Mapping[str, float]]
"""Scores by query and document; bigger ranks higher."""

MEASURES = {"nDCG@10": nDCG @ 10, "recall@5": R @ 5, "recall@10": R @ 10, "MRR@10": RR @ 10}
RESAMPLES = 10_000
_SEED = 20_261_122


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean with its 95% bootstrap interval over queries."""

    mean: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Difference:
    """Ours minus a peer's, per query paired. ``p`` is the two-sided bootstrap probability of no difference."""

    mean: float
    low: float
    high: float
    p: float


def per_query(run: Run, qrels: Mapping[str, Mapping[str, int]]) -> dict[str, NDArray[np.float64]]:
    """Each measure's value for every query of ``qrels``, in its order; a query the run does not answer scores 0."""
    judged = [ir_measures.Qrel(q, d, grade) for q, documents in qrels.items() for d, grade in documents.items()]
    ranked = [ir_measures.ScoredDoc(q, d, score) for q, documents in run.items() for d, score in documents.items()]
    values = {name: dict.fromkeys(qrels, 0.0) for name in MEASURES}
    names = {measure: name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), judged, ranked):
        values[names[metric.measure]][metric.query_id] = float(metric.value)
    return {name: np.array(list(scores.values())) for name, scores in values.items()}


def interval(values: NDArray[np.float64]) -> Interval:
    """The mean over queries, and where it lies in 95% of resampled query sets."""
    means = values[_resamples(len(values))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(values.mean()), float(low), float(high))


def difference(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> Difference:
    """A paired bootstrap over queries (Efron and Tibshirani 1993): the same resample for both systems."""
    gaps = ours - theirs
    means = gaps[_resamples(len(gaps))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    p = 2 * min(float((means <= 0).mean()), float((means >= 0).mean()))
    return Difference(float(gaps.mean()), float(low), float(high), min(p, 1.0))


def _resamples(size: int) -> NDArray[np.int64]:
    return np.random.default_rng(_SEED).integers(0, size, size=(RESAMPLES, size))
