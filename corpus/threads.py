"""How many threads a pass through a network takes."""

from __future__ import annotations

import threading
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
    if chars > SHORT_CHARS:
        yield
        return
    _short.begin()
    try:
        yield
    finally:
        _short.end()


class _ShortPasses:
    """How many are under way. The setting is the process's own: only the last to end may set it back."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way = 0
        self._usual = 0

    def begin(self) -> None:
        with self._lock:
            if self._under_way == 0:
                self._usual = torch.get_num_threads()
                torch.set_num_threads(1)
            self._under_way += 1

    def end(self) -> None:
        with self._lock:
            self._under_way -= 1
            if self._under_way == 0:
                torch.set_num_threads(self._usual)


_short = _ShortPasses()
