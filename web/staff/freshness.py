"""What is to be known of an article before it is used: withdrawn, due for review, or old."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Literal

from corpus.article import Article

Flag = Literal["withdrawn", "review_due", "old"]

READ_AGAIN_SECONDS = 300.0
"""How often, at most, the articles' source is looked at for what has been withdrawn since the last sync."""

_log = logging.getLogger(__name__)


class Freshness:
    """Marks articles. ``articles`` reads the source as it is now; it may take long and is done in the background.

    An article that is withdrawn leaves the index with the next sync. Until then it is found, and marked.
    """

    def __init__(
        self,
        articles: Callable[[], Sequence[Article]],
        old_after_days: int,
        today: Callable[[], date] = date.today,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``old_after_days``: 0 calls no article old."""
        self._articles = articles
        self._old_after_days = old_after_days
        self._today = today
        self._clock = clock
        self._withdrawn: frozenset[str] = frozenset()
        self._read_at: float | None = None
        self._reading = threading.Lock()

    def look(self) -> None:
        """Begin to look at the source in the background, unless that was done a short while ago."""
        due = self._read_at is None or self._clock() - self._read_at > READ_AGAIN_SECONDS
        if due and self._reading.acquire(blocking=False):
            threading.Thread(target=self._read, daemon=True).start()

    def of(self, article: Article) -> tuple[Flag, ...]:
        """Every mark it bears, the gravest first."""
        self.look()
        today, flags = self._today(), list[Flag]()
        if article.status == "withdrawn" or article.id in self._withdrawn:
            flags.append("withdrawn")
        if article.review_by is not None and article.review_by < today:
            flags.append("review_due")
        elif self._is_old(article, today):
            flags.append("old")
        return tuple(flags)

    def _is_old(self, article: Article, today: date) -> bool:
        if self._old_after_days == 0 or article.updated is None:
            return False
        return article.updated < today - timedelta(days=self._old_after_days)

    def _read(self) -> None:
        try:
            self._withdrawn = frozenset(article.id for article in self._articles() if article.status == "withdrawn")
        except Exception as error:  # the source is an editor's business; a search goes on without it
            _log.warning("The articles' source could not be read for what is withdrawn: %s", type(error).__name__)
        finally:
            self._read_at = self._clock()
            self._reading.release()
