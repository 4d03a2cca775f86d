"""One measurement as a value, and how times are taken: several turns, the systems compared in each of them."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

from pydantic import BaseModel, ConfigDict


class Line(BaseModel):
    """One row of the table. ``ratio`` is what the bar is about; ``most`` or ``least`` is the bar, if there is one."""

    model_config = ConfigDict(frozen=True)

    what: str
    measured: str
    ratio: float | None = None
    least: float | None = None
    most: float | None = None

    @property
    def holds(self) -> bool | None:
        """Whether the bar is met; None where there is no bar."""
        if self.ratio is None or (self.least is None and self.most is None):
            return None
        return (self.least is None or self.ratio >= self.least) and (self.most is None or self.ratio <= self.most)


def seconds(work: Callable[[], object]) -> float:
    """The wall time of one call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def in_turns(works: Mapping[str, Callable[[], object]], turns: int) -> dict[str, float]:
    """Each work's median time in seconds. All are run once in every turn, so that a busy spell hits all of them."""
    times: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(turns):
        for name, work in works.items():
            times[name].append(seconds(work))
    return {name: statistics.median(taken) for name, taken in times.items()}
