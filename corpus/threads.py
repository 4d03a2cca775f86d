"""How many threads a pass through a network takes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

SHORT_CHARS = 1_200
"""Up to this many characters in all, one thread is as good as several where the machine is idle, and far better
where it is not: several must wait for one another at every step, and for whatever else the cores are doing. Beside
a busy process a question took 72 ms with one thread and 825 ms with two."""


@contextmanager
def threads_for(chars: int) -> Iterator[None]:
    """One thread for a pass over so few characters in all, padding included; else as many as there were."""
    before = torch.get_num_threads()
    if chars > SHORT_CHARS or before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
