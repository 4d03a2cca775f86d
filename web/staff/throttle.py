"""Slows down guessing: after a few failures each further try has to wait, longer each time, never for good."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from web.limits.addresses import household

FORGOTTEN_SECONDS = 15 * 60
LONGEST_WAIT_SECONDS = 60.0
FREE_BY_NAME, FREE_BY_ADDRESS = 3, 20
"""So many failures cost nothing: few for one name, more for one address, where a whole office may sit."""
_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class _Failures:
    count: int
    last: float


class Throttle:
    """Counts failures by name and by address. Unknown names are counted as known ones are.

    A try that came too early is not counted, so that nobody is kept out by it. To be used from one thread.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[tuple[str, str], _Failures] = {}

    def wait(self, name: str, address: str) -> float:
        """Seconds until a try is taken; 0 when it is now."""
        return max(self._wait(key, free) for key, free in _keys(name, address))

    def begin(self, name: str, address: str) -> None:
        """Count a try as failed before its password is looked at, so that many at once gain nothing."""
        now = self._clock()
        if len(self._failures) >= _AT_MOST:
            self._forget(now)
        for key, _ in _keys(name, address):
            self._failures[key] = _Failures(self._count(key) + 1, now)

    def succeeded(self, name: str, address: str) -> None:
        """Forgive the name all, and the address this one try: its others may have been guesses at other names."""
        (by_name, _), (by_address, _) = _keys(name, address)
        self._failures.pop(by_name, None)
        failures = self._failures.get(by_address)
        if failures is not None:
            self._failures[by_address] = _Failures(max(0, failures.count - 1), failures.last)

    def _count(self, key: tuple[str, str]) -> int:
        failures = self._failures.get(key)
        return failures.count if failures and self._clock() - failures.last < FORGOTTEN_SECONDS else 0

    def _wait(self, key: tuple[str, str], free: int) -> float:
        count = self._count(key)
        if count < free:
            return 0.0
        due = self._failures[key].last + min(LONGEST_WAIT_SECONDS, 2.0 ** min(count - free, 10))
        return max(0.0, due - self._clock())

    def _forget(self, now: float) -> None:
        recent = {key: one for key, one in self._failures.items() if now - one.last < FORGOTTEN_SECONDS}
        newest = sorted(recent, key=lambda key: recent[key].last)[-_AT_MOST // 2 :]
        self._failures = {key: recent[key] for key in newest}


def _keys(name: str, address: str) -> tuple[tuple[tuple[str, str], int], tuple[tuple[str, str], int]]:
    return (("name", name[:80]), FREE_BY_NAME), (("address", household(address)), FREE_BY_ADDRESS)
