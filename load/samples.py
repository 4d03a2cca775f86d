"""What a process holds of the machine over time, and whether that stays flat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

WARM_UP = 0.2
MEMORY_SHARE = 0.05
MEMORY_LEAST = 30.0
COUNT_LEAST = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """A process at one moment: ``at`` in seconds by a steady clock, ``memory`` (resident) in MiB."""

    at: float
    memory: float
    threads: int
    handles: int


@dataclass(frozen=True, slots=True)
class Change:
    """How one figure went from the first fifth after the warm-up to the last fifth: means of each."""

    name: str
    unit: str
    before: float
    after: float
    allowed: float

    @property
    def grown(self) -> float:
        """After less before."""
        return self.after - self.before

    @property
    def flat(self) -> bool:
        """Whether it grew by no more than is allowed; shrinking is flat."""
        return self.grown <= self.allowed


def changes(samples: Sequence[Sample]) -> tuple[Change, ...]:
    """Memory, threads and handles after the warm-up, which is the first fifth of the time.

    Memory may grow by 5 % or 30 MiB, whichever is more; threads and handles by five.

    Raises:
        ValueError: fewer than ten samples: nothing can be said.
    """
    if len(samples) < 10:
        raise ValueError("Fewer than ten samples; let it run for longer.")
    kept = samples[int(len(samples) * WARM_UP) :]
    part = max(1, len(kept) // 5)
    first, last = kept[:part], kept[-part:]
    memory = fmean(sample.memory for sample in first)
    return (
        Change(
            "memory",
            "MiB",
            memory,
            fmean(sample.memory for sample in last),
            max(MEMORY_LEAST, MEMORY_SHARE * memory),
        ),
        Change(
            "threads",
            "",
            fmean(sample.threads for sample in first),
            fmean(sample.threads for sample in last),
            COUNT_LEAST,
        ),
        Change(
            "handles",
            "",
            fmean(sample.handles for sample in first),
            fmean(sample.handles for sample in last),
            COUNT_LEAST,
        ),
    )


def course(samples: Sequence[Sample], parts: int = 12) -> tuple[float, ...]:
    """The memory's mean, MiB, in each of so many parts of the time, so that one sees whether growth comes to an end."""
    bounds = [round(len(samples) * part / parts) for part in range(parts + 1)]
    return tuple(
        fmean(sample.memory for sample in samples[begin:end]) for begin, end in pairwise(bounds) if end > begin
    )
