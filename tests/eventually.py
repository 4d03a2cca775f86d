"""Waiting for what another thread does soon."""

from __future__ import annotations

import time
from collections.abc import Callable


def eventually(true: Callable[[], bool], within: float = 2.0) -> bool:
    """Whether it is true now, or becomes so within so many seconds."""
    until = time.monotonic() + within
    while not true() and time.monotonic() < until:
        time.sleep(0.01)
    return true()
