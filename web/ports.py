"""What the web app needs from the rest, as small ports: tests pass a scripted part, app.py the real one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from assistant.answer import Answer, Citation
from corpus.article import Language


class PassageContext(Protocol):
    """The paragraph or list a quote stands in: ``before + quote + after`` is a slice of ``article.text``."""

    @property
    def before(self) -> str:
        """The text of the same paragraph or list in front of the quote; may be empty."""

    @property
    def quote(self) -> str:
        """The cited words, character for character."""

    @property
    def after(self) -> str:
        """The text of the same paragraph or list behind the quote; may be empty."""


class Assistant(Protocol):
    """Answers a visitor, and shows where a citation stands."""

    def answer(
        self,
        question: str,
        history: Sequence[str] = (),
        interface_language: Language | None = None,
        id: str | None = None,
    ) -> Answer:
        """Answer one message. ``history`` is the visitor's earlier messages, oldest first.

        Raises:
            QuestionRefused: an empty or too long message; the error's text is written for the visitor.
            ProjectError: no answer can be given at all, for example because the index is gone.
        """

    def passage_context(self, citation: Citation) -> PassageContext:
        """The paragraph or list around a quote of an answer that was just given.

        Raises:
            ProjectError: the article can no longer be read.
        """

    def serves_unreviewed(self) -> bool:
        """Whether any article served has not been reviewed by a doctor."""
