"""What staff miss or find wrong, kept masked with the visitors' feedback, for the evals' gaps."""

from __future__ import annotations

from pathlib import Path

from assistant.feedback import Feedback, FeedbackStore
from corpus.article import Article
from corpus.language import detect_language

MOST_NOTE_CHARS = 500
_MOST_QUOTE_CHARS = 200


class GapReports:
    """Off, and nothing is kept, unless a file is named. ``days``: how long a report is kept."""

    def __init__(self, file: Path | None, days: int) -> None:
        self.days = days
        self._store = FeedbackStore(file, days) if file is not None else None

    @property
    def on(self) -> bool:
        """Whether reports are taken at all."""
        return self._store is not None

    def missing(self, query: str, reason: str) -> None:
        """``query`` found nothing of use; ``reason`` says so in words for the board.

        Raises:
            ProjectError: it cannot be written.
        """
        self._record(
            Feedback(
                question=query,
                language=detect_language(query),
                kind="abstain",
                evidence="none",
                verdict="down",
                reason=reason,
                source="staff",
            )
        )

    def wrong(self, query: str, article: Article, sentence: str, reason: str) -> None:
        """``sentence`` of ``article`` is wrong, or no answer to ``query``; ``reason`` says why.

        Raises:
            ProjectError: it cannot be written.
        """
        quote = sentence if len(sentence) <= _MOST_QUOTE_CHARS else f"{sentence[: _MOST_QUOTE_CHARS - 1]}…"
        self._record(
            Feedback(
                question=query,
                language=detect_language(query),
                kind="answer",
                evidence="partial",
                verdict="down",
                reason=f"{reason[:MOST_NOTE_CHARS]} [{article.id}] “{quote}”",
                articles=(article.id,),
                source="staff",
            )
        )

    def _record(self, feedback: Feedback) -> None:
        if self._store is not None:
            self._store.record(feedback)
