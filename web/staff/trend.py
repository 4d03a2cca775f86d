"""The share of right cases over the runs, as points for a small line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.staff.runs import RunLine

WIDTH, HEIGHT, EDGE = 640, 120, 10
MOST = 30


@dataclass(frozen=True, slots=True)
class Point:
    """One run in the drawing's own units, y downwards."""

    x: float
    y: float
    run: RunLine
    share: float


@dataclass(frozen=True, slots=True)
class Trend:
    """The last ``MOST`` runs, oldest first, evenly spaced. ``low`` and ``high``: the shares at bottom and top."""

    points: tuple[Point, ...]
    low: float
    high: float

    @property
    def line(self) -> str:
        """For a polyline's ``points``."""
        return " ".join(f"{point.x:.1f},{point.y:.1f}" for point in self.points)


def trend_of(runs: Sequence[RunLine]) -> Trend | None:
    """The trend of ``runs``, newest first; None for fewer than two with a share."""
    scored = [(run, run.share) for run in reversed(runs) if run.share is not None][-MOST:]
    if len(scored) < 2:
        return None
    shares = [share for _, share in scored]
    low, high = _limits(min(shares), max(shares))
    step = (WIDTH - 2 * EDGE) / (len(scored) - 1)
    points = tuple(
        Point(EDGE + place * step, HEIGHT - EDGE - (share - low) / (high - low) * (HEIGHT - 2 * EDGE), run, share)
        for place, (run, share) in enumerate(scored)
    )
    return Trend(points, low, high)


def _limits(least: float, most: float) -> tuple[float, float]:
    """Whole tenths around the shares, so that noise is not blown up into mountains."""
    low, high = int(least * 10) / 10, -int(-most * 10 // 1) / 10
    return (low, high) if high > low else (max(0.0, low - 0.1), low if low else 0.1)
