"""The conversations that are under way, by the browser tab they are held in, so that a reload keeps them.

A tab is known by a random id that only its own page holds. An open page may join one; before that, and where the
browser keeps nothing, it has a conversation of its own. All in memory, and gone after a while.
"""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.feedback import Feedback
from corpus.article import Language
from web.conversation import Conversation

KEPT_SECONDS = 2 * 60 * 60
"""From a conversation's last message."""
CLOSED_SECONDS = 60 * 60
"""From the moment its page was closed."""
SWEEP_SECONDS = 60
MOST_TURNS = 20_000
"""Of all tabs together; beyond that the conversation untouched for longest goes."""
_TAB_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class _Kept:
    conversation: Conversation
    language: Language
    until: float


class Tabs:
    """What is said in each tab. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
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
            begun = self._tabs.pop(self._key(page), None)
            self._pages[page] = (tab, self._clock() + KEPT_SECONDS)
            if begun is not None:
                self._tabs[tab] = begun
            kept = self._tabs.get(tab)
        return (kept.conversation, kept.language) if kept is not None and begun is None else None

    def of(self, page: str) -> Conversation:
        """The conversation held on this page; an empty one where none has begun or it has been forgotten."""
        with self._lock:
            self._sweep()
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
                self._tabs[key] = _Kept(conversation, language, until)
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
            turns = kept.conversation.turns if kept is not None else ()
            return next((turn.about for turn in turns if turn.number == number), None)

    def judged(self, tab: str, number: int) -> None:
        """The visitor's verdict on that turn has been taken: there is no second one."""
        with self._lock:
            kept = self._tabs.get(tab)
            if kept is not None:
                self._tabs[tab] = replace(kept, conversation=kept.conversation.with_verdict(number))

    def __len__(self) -> int:
        return len(self._tabs)

    def _key(self, page: str) -> str:
        tab, _ = self._pages.get(page, (f"page {page}", 0))
        return tab

    def _make_room(self) -> None:
        turns = sum(len(kept.conversation.turns) for kept in self._tabs.values())
        while turns > MOST_TURNS:
            longest = next(iter(self._tabs))
            turns -= len(self._tabs.pop(longest).conversation.turns)

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
