"""The conversations that are under way, by the browser tab they are held in, so that a reload keeps them.

A tab is known by a random id that only its own page holds. An open page may join one; before that, and where the
browser keeps nothing, it has a conversation of its own. All in memory, and gone after a while. A page says its tab
with each message too: after a pause, a restart or in another process nobody else remembers it.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.feedback import Feedback
from corpus.article import Language
from web.conversation import Conversation, Turn

KEPT_SECONDS = 2 * 60 * 60
"""From a conversation's last message."""
CLOSED_SECONDS = 60 * 60
"""From the moment its page was closed."""
SWEEP_SECONDS = 60
MOST_BYTES = 200_000_000
"""Of text in all tabs together, in UTF-8, with ``TURN_BYTES`` for each turn; beyond that the conversation untouched for
longest goes."""
MOST_PAGES = 20_000
"""Open pages whose tab is known; beyond that the one that joined first is forgotten, and joins again when it asks."""
TURN_BYTES = 1_000
"""What a turn takes besides its text, roughly."""
_AS_IT_IS = "surrogatepass"
_TAB_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class _Packed:
    """A turn as small as it can be kept: its HTML in UTF-8, since Python's own text takes twice as much as soon as
    there is a dash in it, and without what was given back, which only the open page needed. ``size``: what it counts
    for, in bytes.
    """

    turn: Turn
    asked: bytes
    reply: bytes
    size: int


@dataclass(frozen=True, slots=True)
class _Kept:
    turns: tuple[_Packed, ...]
    language: Language
    until: float

    @property
    def conversation(self) -> Conversation:
        return Conversation(tuple(map(_unpacked, self.turns)))

    @property
    def size(self) -> int:
        return sum(packed.size for packed in self.turns)


class Tabs:
    """What is said in each tab. Safe to share between threads."""

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, most_bytes: int = MOST_BYTES, most_pages: int = MOST_PAGES
    ) -> None:
        self._clock = clock
        self._most_bytes = most_bytes
        self._most_pages = most_pages
        self._lock = threading.Lock()
        self._tabs: dict[str, _Kept] = {}  # the longest untouched first
        self._pages: dict[str, tuple[str, float]] = {}
        self._sweeper: threading.Timer | None = None

    def join(self, page: str, tab: str) -> tuple[Conversation, Language] | None:
        """The page is open in this tab: what was said there, and the interface's language; None where nothing was.

        ``tab`` comes from the browser; what is no id of a tab is passed over. What the page itself has begun with
        stays, in the tab.
        """
        if not _TAB_ID.fullmatch(tab):
            return None
        with self._lock:
            self._sweep()
            has_begun = self._bind(page, tab)
            kept = self._tabs.get(tab)
        return (kept.conversation, kept.language) if kept is not None and not has_begun else None

    def of(self, page: str, tab: str = "") -> Conversation:
        """The conversation held on this page; an empty one where none has begun or it has been forgotten.

        ``tab``: the one the page says it is in, for a page that is not known (any more).
        """
        with self._lock:
            self._sweep()
            if page not in self._pages and _TAB_ID.fullmatch(tab):
                self._bind(page, tab)
            kept = self._tabs.get(self._key(page))
        return kept.conversation if kept is not None else Conversation()

    def keep(self, page: str, conversation: Conversation, language: Language) -> None:
        """Keep what has been said on the page until now. An empty conversation is forgotten at once."""
        with self._lock:
            self._sweep()
            key, until = self._key(page), self._clock() + KEPT_SECONDS
            self._tabs.pop(key, None)
            if page in self._pages:
                self._pages[page] = (key, until)
            if conversation.turns:
                self._tabs[key] = _Kept(tuple(map(_packed, conversation.turns)), language, until)
            self._make_room()
            self._sweep_later()

    def speak(self, page: str, language: Language) -> None:
        """The interface's language on the page is now this one."""
        with self._lock:
            kept = self._tabs.get(self._key(page))
            if kept is not None:
                self._tabs[self._key(page)] = replace(kept, language=language)

    def close(self, page: str) -> None:
        """The page is gone. Its tab may come back with a new one, but not for long."""
        with self._lock:
            key, soon = self._key(page), self._clock() + CLOSED_SECONDS
            if kept := self._tabs.get(key):
                self._tabs[key] = replace(kept, until=min(kept.until, soon))
            if page in self._pages:
                self._pages[page] = (key, min(self._pages[page][1], soon))

    def to_judge(self, tab: str, number: int) -> Feedback | None:
        """What a verdict on the tab's turn with this number would be about; None where none can be given (any more)."""
        with self._lock:
            self._sweep()
            kept = self._tabs.get(tab) if _TAB_ID.fullmatch(tab) else None
            turns = [packed.turn for packed in kept.turns] if kept is not None else []
            return next((turn.about for turn in turns if turn.number == number), None)

    def judged(self, tab: str, number: int) -> None:
        """The visitor's verdict on that turn has been taken: there is no second one."""
        with self._lock:
            kept = self._tabs.get(tab)
            if kept is not None:
                turns = tuple(map(_packed, kept.conversation.with_verdict(number).turns))
                self._tabs[tab] = replace(kept, turns=turns)

    def __len__(self) -> int:
        return len(self._tabs)

    def _key(self, page: str) -> str:
        tab, _ = self._pages.get(page, (f"page {page}", 0))
        return tab

    def _bind(self, page: str, tab: str) -> bool:
        """The page is in this tab from now on. Returns whether it had begun a conversation, which goes with it."""
        begun = self._tabs.pop(self._key(page), None)
        self._pages.pop(page, None)
        self._pages[page] = (tab, self._clock() + KEPT_SECONDS)
        while len(self._pages) > self._most_pages:
            del self._pages[next(iter(self._pages))]
        if begun is not None:
            self._tabs[tab] = begun
        return begun is not None

    def _make_room(self) -> None:
        size = sum(kept.size for kept in self._tabs.values())
        while size > self._most_bytes:
            longest = next(iter(self._tabs))
            size -= self._tabs.pop(longest).size

    def _sweep(self) -> None:
        now = self._clock()
        for tab in [tab for tab, kept in self._tabs.items() if kept.until <= now]:
            del self._tabs[tab]
        for page in [page for page, (_, until) in self._pages.items() if until <= now]:
            del self._pages[page]

    def _sweep_later(self) -> None:
        """Forget in time, also when nobody comes any more."""
        if self._sweeper is None and (self._tabs or self._pages):
            self._sweeper = threading.Timer(SWEEP_SECONDS, self._sweep_now)
            self._sweeper.daemon = True
            self._sweeper.start()

    def _sweep_now(self) -> None:
        with self._lock:
            self._sweeper = None
            self._sweep()
            self._sweep_later()


def _packed(turn: Turn) -> _Packed:
    asked, reply = turn.asked.encode(errors=_AS_IT_IS), turn.reply.encode(errors=_AS_IT_IS)
    words = {turn.question or "", turn.again, *turn.follow_ups}  # mostly one and the same text, kept once
    size = TURN_BYTES + len(asked) + len(reply) + sum(len(word.encode(errors=_AS_IT_IS)) for word in words)
    return _Packed(replace(turn, asked="", reply="", give_back=""), asked, reply, size)


def _unpacked(packed: _Packed) -> Turn:
    asked, reply = packed.asked.decode(errors=_AS_IT_IS), packed.reply.decode(errors=_AS_IT_IS)
    return replace(packed.turn, asked=asked, reply=reply)
