"""A benchmark's outcome as values, as a table, and as TREC runs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from evals.retrieval.benchmark import Benchmark
from evals.retrieval.ranking import MEASURES, Run, difference, interval, per_query


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True)


class Score(_Value):
    """A measure's mean over queries with its 95% interval."""

    mean: float
    low: float
    high: float


class SystemResult(_Value):
    """One system on one set. ``ours_minus_this`` is the paired difference in nDCG@10 and ``p`` its probability
    of being none; both null for our own row.
    """

    system: str
    scores: dict[str, Score]
    ours_minus_this: Score | None
    p: float | None


class SetResult(_Value):
    """All systems on one set, ours first."""

    name: str
    documents: int
    queries: int
    systems: tuple[SystemResult, ...]


def compare(benchmark: Benchmark, runs: Mapping[str, Run]) -> SetResult:
    """Score every run, and ours against each peer."""
    values = {name: per_query(run, benchmark.qrels) for name, run in runs.items()}
    own = next(iter(values.values()))["nDCG@10"]
    systems = []
    for place, (name, measured) in enumerate(values.items()):
        gap = None if place == 0 else difference(own, measured["nDCG@10"])
        systems.append(
            SystemResult(
                system=name,
                scores={measure: _score(interval(measured[measure])) for measure in MEASURES},
                ours_minus_this=None if gap is None else _score(gap),
                p=None if gap is None else round(gap.p, 4),
            )
        )
    return SetResult(
        name=benchmark.name,
        documents=len(benchmark.documents),
        queries=len(benchmark.queries),
        systems=tuple(systems),
    )


def _score(found: object) -> Score:
    return Score(**{end: round(float(getattr(found, end)), 4) for end in ("mean", "low", "high")})


def as_table(result: SetResult) -> str:
    """The set as lines for a terminal."""
    lines = [f"{result.name}: {result.documents} documents, {result.queries} queries"]
    lines.append(f"{'':38}{'nDCG@10 (95% interval)':26}{'r@5':7}{'r@10':7}{'MRR@10':8}ours minus this (95%), p")
    for row in result.systems:
        ndcg = row.scores["nDCG@10"]
        others = "".join(f"{row.scores[m].mean:<7.3f}" for m in ("recall@5", "recall@10", "MRR@10"))
        gap = row.ours_minus_this
        shown = f" {gap.mean:+.3f} ({gap.low:+.3f} to {gap.high:+.3f}), {row.p:.4f}" if gap else ""
        lines.append(f"{row.system:38}{ndcg.mean:.3f} ({ndcg.low:.3f} to {ndcg.high:.3f})    {others}{shown}")
    return "\n".join(lines)


def write_runs(folder: Path, name: str, runs: Mapping[str, Run]) -> None:
    """Each run as ``<set>.<system>.trec`` under ``folder``, which is made."""
    folder.mkdir(parents=True, exist_ok=True)
    for system, run in runs.items():
        tag = re.sub(r"[^a-z0-9]+", "-", system.lower()).strip("-")
        with (folder / f"{name}.{tag}.trec").open("w", encoding="utf-8") as out:
            for query, documents in run.items():
                ranked = sorted(documents.items(), key=lambda found: (-found[1], found[0]))
                for rank, (document, score) in enumerate(ranked, start=1):
                    out.write(f"{query} Q0 {document} {rank} {score:.6f} {tag}\n")
