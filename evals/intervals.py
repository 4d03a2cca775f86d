"""Intervals that say how sure a number is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import norm, t

LEVEL = 0.95


def wilson(hits: int, of: int, level: float = LEVEL) -> tuple[float, float]:
    """Two-sided interval of a share (Wilson, 1927). ``of`` is at least 1."""
    z = float(norm.ppf(1 - (1 - level) / 2))
    share, spread = hits / of, z * z / of
    centre = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * (share * (1 - share) / of + spread / (4 * of)) ** 0.5
    return max(0.0, centre - half), min(1.0, centre + half)


def of_mean(values: Sequence[float], level: float = LEVEL) -> tuple[float, float]:
    """Two-sided interval of a mean by Student's t; the mean itself twice where there is one value."""
    array = np.asarray(values, dtype=float)
    mean = float(array.mean())
    if len(array) < 2 or float(array.std()) == 0.0:
        return mean, mean
    half = float(t.ppf(1 - (1 - level) / 2, len(array) - 1) * array.std(ddof=1) / len(array) ** 0.5)
    return mean - half, mean + half
