"""What is said of the evidence, measured on the coverage cases: counts, bars, and the risk-coverage curves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from corpus.search import Searcher
from evals.cases import read_cases
from evals.safety.coverage import SortResult, evidence_row, evidence_tallies, results, weigh
from evals.safety.measure import Tally
from evals.safety.picture import curves, draw
from evals.safety.report import as_row


class EvidenceReport(BaseModel):
    """The sorts by half and language, the bars, and the held half's curves in words."""

    model_config = ConfigDict(frozen=True)

    tallies: tuple[Tally, ...]
    sorts: tuple[SortResult, ...]
    curves: tuple[str, ...]

    def rows(self) -> Iterator[str]:
        """The report as lines of text, an empty one between its parts."""
        yield from map(as_row, self.tallies)
        yield ""
        yield from map(evidence_row, self.sorts)
        yield ""
        yield from self.curves


def evidence_report(
    folder: Path, halves: Sequence[str], searcher: Searcher, risk: float, picture: Path | None
) -> EvidenceReport:
    """Weigh the questions of each half; draw the held half's curves where a ``picture`` is wanted."""
    weighed = {half: list(weigh(read_cases(folder / half), searcher)) for half in halves}
    sorts = [line for half, some in weighed.items() for line in results(half, some, risk)]
    shapes = curves(weighed[halves[0]])
    if picture:
        draw(shapes[:3], picture)
    return EvidenceReport(
        tallies=tuple(tally for half in halves for tally in evidence_tallies(half, sorts)),
        sorts=tuple(sorts),
        curves=tuple(curve.described() for curve in shapes),
    )
