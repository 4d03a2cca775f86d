"""The risk-coverage curves as a picture. The matplotlib adapter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from assistant.evidence import evidence_model
from evals.safety.coverage import Weighed, aurc, coverage_at, risk_coverage

ACCEPTED = (0.05, 0.1)


@dataclass(frozen=True, slots=True)
class Curve:
    """One curve: what share is answered, and how much of that is wrong."""

    name: str
    coverage: NDArray[np.float64]
    risk: NDArray[np.float64]

    def described(self) -> str:
        """Name, area under the curve, and the coverage at the accepted risks."""
        at = ", ".join(f"{100 * coverage_at(self.coverage, self.risk, r):.0f}% at {100 * r:.0f}%" for r in ACCEPTED)
        return f"{self.name}: AURC {aurc(self.risk):.3f}, coverage {at}"


def curves(weighed: Sequence[Weighed]) -> list[Curve]:
    """Covered questions against near misses, off-topic ones and both, in both languages and each."""
    made = []
    for language in ("both", "sv", "en"):
        for name, others in (("near misses", ("near",)), ("off topic", ("off",)), ("both", ("near", "off"))):
            some = [w for w in weighed if w.sort in ("covered", *others) and language in ("both", w.case.language)]
            confidence = np.array([_confidence(each) for each in some])
            right = np.array([each.sort == "covered" for each in some])
            title = f"covered and {name}" if language == "both" else f"covered and {name}, {language}"
            made.append(Curve(title, *risk_coverage(confidence, right)))
    return made


def _confidence(each: Weighed) -> float:
    """What is refused outright comes last, by its support; then the log odds that exactly this is covered."""
    if each.support <= 0 or each.signals is None:
        return -100.0 + each.support
    return evidence_model().log_odds(each.signals)


def draw(some: Sequence[Curve], file: Path) -> None:
    """Draw the curves into an SVG file."""
    import matplotlib as mpl

    mpl.use("svg")
    from matplotlib import pyplot

    mpl.rcParams["svg.hashsalt"] = "risk-coverage"
    figure, axes = pyplot.subplots(figsize=(7, 4.2), layout="constrained")
    for curve in some:
        axes.plot(curve.coverage, curve.risk, label=curve.name, linewidth=1.8)
    axes.set(xlabel="share answered as sufficient, the surest first", ylabel="share of those not covered", xlim=(0, 1))
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    figure.savefig(file, metadata={"Date": None})
    pyplot.close(figure)
