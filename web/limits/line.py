"""The line in front of the assistant: only so many answers at once, and a fair turn for each address.

Places are let in by address in rotation, so that somebody who sends a hundred messages waits behind their own, and
somebody with one behind one of theirs.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

AT_ONCE = 8
WAITING_AT_MOST = 200
PATIENCE_SECONDS = 90.0
_LOOK_SECONDS = 0.25


class LineFull(Exception):
    """So many wait already that one more would wait in vain."""


class Place:
    """One message's place in the line."""

    def __init__(self, line: Line, address: str, since: float) -> None:
        self._line = line
        self.address = address
        self.since = since
        self.admitted = asyncio.Event()

    @property
    def ahead(self) -> int:
        """How many go before this one, as it looks now; 0 for the next one."""
        return self._line.ahead_of(self)

    async def moved(self) -> bool:
        """Wait a quarter of a second at most; whether the place has been let in.

        Raises:
            LineFull: it has waited longer than anybody should.
        """
        try:
            await asyncio.wait_for(self.admitted.wait(), _LOOK_SECONDS)
        except TimeoutError:
            if self._line.waited(self) > self._line.patience:
                raise LineFull from None
        return self.admitted.is_set()


class Line:
    """Who is inside and who waits. To be used from the thread of the event loop."""

    def __init__(
        self,
        at_once: int = AT_ONCE,
        waiting_at_most: int = WAITING_AT_MOST,
        patience: float = PATIENCE_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``patience``: seconds that a place waits at most."""
        self.patience = patience
        self._at_once = at_once
        self._waiting_at_most = waiting_at_most
        self._clock = clock
        self._inside = 0
        self._waiting: OrderedDict[str, deque[Place]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(map(len, self._waiting.values()))

    @property
    def inside(self) -> int:
        """How many have been let in and not left."""
        return self._inside

    @contextmanager
    def place(self, address: str) -> Iterator[Place]:
        """A place for a message of this address, given up when the block is left.

        Raises:
            LineFull: too many wait.
        """
        place = Place(self, address, self._clock())
        if self._inside < self._at_once and not self._waiting:
            self._admit(place)
        elif self.waiting >= self._waiting_at_most:
            raise LineFull
        else:
            self._waiting.setdefault(address, deque()).append(place)
        try:
            yield place
        finally:
            self._leave(place)

    def ahead_of(self, place: Place) -> int:
        """How many are let in before this place if nobody else comes; see :attr:`Place.ahead`."""
        own = self._waiting.get(place.address)
        if own is None or place not in own:
            return 0
        before, earlier = own.index(place), list(self._waiting)
        turn = earlier.index(place.address)
        return before + sum(
            min(len(places), before + (1 if number < turn else 0))
            for number, places in enumerate(self._waiting.values())
            if number != turn
        )

    def waited(self, place: Place) -> float:
        """Seconds since the place was taken."""
        return self._clock() - place.since

    def _admit(self, place: Place) -> None:
        self._inside += 1
        place.admitted.set()

    def _leave(self, place: Place) -> None:
        if place.admitted.is_set():
            self._inside -= 1
        else:
            own = self._waiting[place.address]
            own.remove(place)
            if not own:
                del self._waiting[place.address]
        while self._waiting and self._inside < self._at_once:
            address, places = self._waiting.popitem(last=False)
            self._admit(places.popleft())
            if places:
                self._waiting[address] = places  # at the end: the others come first
