"""How many messages are taken in a minute: from one page, from one address, and from everybody together.
Of verdicts on replies as many, counted apart, since there is one at most for each reply.

A page's number is chosen by the browser, so a new one for each message escapes that limit but not the address's. An
address may be a whole office, so its limit is many times a page's. Nothing is counted for what is refused.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from limits import RateLimitItem, RateLimitItemPerSecond
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from settings import Settings
from web.limits.addresses import household

WINDOW_SECONDS = 60
REQUESTS_A_MESSAGE = 10
"""Requests that change something or search, for each message that an address may send: a page sends a few."""
_MOST_PLACES = 20_000

Bound = Literal["page", "address", "everybody"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Too many in a minute. ``seconds`` until one more is taken; ``bound`` says whose number was reached."""

    bound: Bound
    seconds: float


@dataclass(frozen=True, slots=True)
class _Counted:
    bound: Bound
    item: RateLimitItem
    key: str


class Rates:
    """Counts in memory, over a moving minute. Addresses are kept as keyed hashes, and only for that minute.

    To be used from the thread of the event loop.
    """

    def __init__(self, settings: Settings, window_seconds: int = WINDOW_SECONDS) -> None:
        self._window = window_seconds
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._secret = secrets.token_bytes(16)
        self._last: dict[str, tuple[RateLimitItem, float]] = {}
        self._page = self._item(settings.messages_per_page)
        self._address = self._item(settings.messages_per_address)
        self._everybody = self._item(settings.messages_per_minute)
        self._requests = self._item(settings.messages_per_address * REQUESTS_A_MESSAGE)

    def message(self, address: str, page: str) -> Refusal | None:
        """Count a visitor's message; why it is not taken, if it is not."""
        return self._take(tuple(self._counts("", address, page)))

    def verdict(self, address: str, tab: str) -> Refusal | None:
        """Count a verdict on a reply; why it is not taken, if it is not."""
        return self._take(tuple(self._counts("verdict ", address, tab)))

    def request(self, address: str) -> Refusal | None:
        """Count a request of any kind that takes work; why it is not taken, if it is not."""
        if self._requests is None:
            return None
        return self._take((_Counted("address", self._requests, self._key("request", household(address))),))

    def _counts(self, of: str, address: str, page: str) -> Iterator[_Counted]:
        place = household(address)
        if self._page is not None:
            yield _Counted("page", self._page, self._key(f"{of}page", place, page))
        if self._address is not None:
            yield _Counted("address", self._address, self._key(f"{of}address", place))
        if self._everybody is not None:
            yield _Counted("everybody", self._everybody, f"{of}everybody")

    def _take(self, counts: tuple[_Counted, ...]) -> Refusal | None:
        now = time.time()
        self._forget(now)
        for counted in counts:
            if not self._limiter.test(counted.item, counted.key):
                due = self._limiter.get_window_stats(counted.item, counted.key).reset_time
                return Refusal(counted.bound, max(1.0, due - now))
        for counted in counts:
            self._limiter.hit(counted.item, counted.key)
            self._last.pop(counted.key, None)
            self._last[counted.key] = (counted.item, now)
        return None

    def _forget(self, now: float) -> None:
        """Let go of who has not been heard of for a minute: the library keeps an empty list for each for good."""
        while self._last:
            key, (item, last) = next(iter(self._last.items()))
            if now - last <= self._window and len(self._last) < _MOST_PLACES:
                return
            self._limiter.clear(item, key)
            del self._last[key]

    def _item(self, amount: int) -> RateLimitItem | None:
        return RateLimitItemPerSecond(amount, self._window) if amount else None

    def _key(self, *parts: str) -> str:
        return hashlib.blake2b("\n".join(parts).encode(errors="replace"), key=self._secret, digest_size=12).hexdigest()


def whole(seconds: float) -> int:
    """Seconds as visitors are told them: up to the next five."""
    return 5 * math.ceil(seconds / 5)
