"""What a load run measured: times by percentile, errors, memory; and the table of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Figures:
    """One run. Times in seconds; ``seen`` until the question is shown, the others until the reply is whole."""

    visitors: int
    answers: int
    a_second: float
    seen95: float
    median: float
    p95: float
    p99: float
    errors: int
    memory: float | None = None
    """Most resident memory of the app, MiB; None where it runs elsewhere."""


def read_figures(visitors: int, stats: Sequence[Mapping[str, Any]], memory: float | None) -> Figures:
    """The figures of locust's JSON. Errors of every request count, not only of the questions."""
    asked = _entry(stats, "answer")
    times = _times(asked)
    good = int(asked.get("num_requests", 0)) - int(asked.get("num_failures", 0))
    between = float(asked.get("last_request_timestamp") or 0) - float(asked.get("start_time") or 0)
    lasted = max(between, float(asked.get("max_response_time") or 0) / 1000)
    return Figures(
        visitors,
        good,
        good / lasted if lasted > 0 else 0.0,
        percentile(_times(_entry(stats, "seen")), 0.95),
        percentile(times, 0.5),
        percentile(times, 0.95),
        percentile(times, 0.99),
        sum(int(entry.get("num_failures", 0)) for entry in stats),
        memory,
    )


def percentile(times: Mapping[float, int], share: float) -> float:
    """The smallest time, in seconds, that at least ``share`` of the requests kept. ``times``: milliseconds to how many.

    0.0 where there were none.
    """
    total, so_far = sum(times.values()), 0
    for time in sorted(times):
        so_far += times[time]
        if so_far >= share * total:
            return time / 1000
    return 0.0


def table(figures: Sequence[Figures]) -> str:
    """A Markdown table, one run a row. The fourth column from the end says how many times a lone visitor's it is."""
    lone = next((one.p95 for one in figures if one.visitors == 1 and one.p95), None)
    head = (
        "| visitors | answers | a second | shown, 95th | median | 95th | 99th | times a lone one's | errors | memory |",
        "|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|",
    )
    return "\n".join((*head, *(_row(one, lone) for one in figures)))


def _row(one: Figures, lone: float | None) -> str:
    ratio = f"{one.p95 / lone:.1f}" if lone else "–"
    memory = "–" if one.memory is None else f"{one.memory:.0f} MiB"
    return (
        f"| {one.visitors} | {one.answers} | {one.a_second:.1f} | {one.seen95:.2f} s | {one.median:.2f} s "
        f"| {one.p95:.2f} s | {one.p99:.2f} s | {ratio} | {one.errors} | {memory} |"
    )


def _entry(stats: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    return next((entry for entry in stats if (entry["method"], entry["name"]) == ("ASK", name)), {})


def _times(entry: Mapping[str, Any]) -> dict[float, int]:
    return {float(time): int(count) for time, count in entry.get("response_times", {}).items()}
