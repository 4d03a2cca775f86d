"""Leaves a failing chat model alone for a while, so that visitors do not wait for it one after another."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Literal

from errors import ModelPaused

FAILURES = 3
FIRST_PAUSE_SECONDS = 30.0
LONGEST_PAUSE_SECONDS = 600.0

Outcome = Literal["worked", "failed", "neither"]
"""How a call went. "neither": it was ended from our side before anything could be told of the model."""


class Breaker:
    """Closed while the model works; after three failures in a row it is open for half a minute.

    Then one call may try. Where it fails, the pause is twice as long as the last, up to ten minutes; where it works,
    the breaker closes. May be shared between threads. ``clock`` gives seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._pause = 0.0
        self._open_until: float | None = None
        self._trying = False

    def enter(self, name: str) -> bool:
        """Ask whether the model ``name`` may be called; True says that this call is the one that tries again.

        Whoever may call tells how it went, with :meth:`leave`.

        Raises:
            ModelPaused: it may not; says for how long.
        """
        with self._lock:
            if self._open_until is None:
                return False
            left = self._open_until - self._clock()
            if left > 0:
                raise ModelPaused(f"The chat model {name} failed lately and is left alone for {left:.0f} seconds more.")
            if self._trying:
                raise ModelPaused(f"The chat model {name} failed lately and is just being tried again.")
            self._trying = True
            return True

    def leave(self, trial: bool, outcome: Outcome, retry_after: float | None = None) -> None:
        """Tell how a call went, ``trial`` being what :meth:`enter` gave it.

        After a failure the model is left alone for ``retry_after`` seconds at least, though never beyond ten minutes.
        """
        with self._lock:
            if trial:
                self._trying = False
            if self._open_until is not None and not trial:
                return  # began before the breaker opened; the trial decides
            if outcome == "worked":
                self._failures, self._pause, self._open_until = 0, 0.0, None
            elif outcome == "failed":
                self._failures += 1
                self._open(retry_after or 0.0)

    def _open(self, asked_for: float) -> None:
        pause = asked_for
        if self._failures >= FAILURES or self._open_until is not None:
            self._pause = min(max(2 * self._pause, FIRST_PAUSE_SECONDS), LONGEST_PAUSE_SECONDS)
            pause = max(self._pause, asked_for)
        if pause > 0:
            self._open_until = self._clock() + min(pause, LONGEST_PAUSE_SECONDS)
