"""Which answers are under way, so that a visitor can stop one or leave it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """One answer under way. ``stop``: finish with what is there; ``left``: nobody waits for it any more."""

    stop: threading.Event = field(default_factory=threading.Event)
    left: threading.Event = field(default_factory=threading.Event)


class Running:
    """The answers under way, by the page's session. Empty when nobody waits. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._runs: dict[str, list[Run]] = {}

    @contextmanager
    def run(self, session: str | None) -> Iterator[Run]:
        """An answer of this session, under way inside the block; leaving the block stops what is left of it.

        Without a session nobody else can reach it.
        """
        run = Run()
        if session is not None:
            with self._lock:
                self._runs.setdefault(session, []).append(run)
        try:
            yield run
        finally:
            run.stop.set()
            if session is not None:
                self._forget(session, run)

    def stop(self, session: str | None) -> bool:
        """Have the session's answers finish with what is there. Returns whether any was under way."""
        runs = self._of(session)
        for run in runs:
            run.stop.set()
        return bool(runs)

    def leave(self, session: str | None) -> None:
        """Nobody waits for the session's answers any more: end them, and show nothing more of them."""
        for run in self._of(session):
            run.left.set()
            run.stop.set()

    def __len__(self) -> int:
        return sum(map(len, list(self._runs.values())))

    def _of(self, session: str | None) -> tuple[Run, ...]:
        with self._lock:
            return tuple(self._runs.get(session or "", ()))

    def _forget(self, session: str, run: Run) -> None:
        with self._lock:
            self._runs[session].remove(run)
            if not self._runs[session]:
                del self._runs[session]
