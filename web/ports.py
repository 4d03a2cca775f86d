"""What the web app needs from the rest, as small ports: tests pass a scripted part, app.py the real one."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from typing import Protocol

from assistant.answer import Answer, Citation
from assistant.progress import Progress, Writer
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

    @property
    def writer(self) -> Writer | None:
        """The chat model that words answers; None where answers are quoted from the articles only."""

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        interface_language: Language | None = None,
        *,
        agreed: bool = False,
        stop: threading.Event | None = None,
    ) -> Iterator[Progress | Answer]:
        """Answer one message: what is known so far, any number of times, and last the answer.

        ``history`` is the visitor's earlier messages, oldest first. ``agreed``: the visitor lets a writer outside
        this machine see the questions. Once ``stop`` is set the answer comes at once, with what has been written
        and verified; closing the iterator ends all work on it.

        Raises:
            QuestionRefused: an empty or too long message; the error's text is written for the visitor.
            ProjectError: no answer can be given at all, for example because the index is gone.
        """

    def follow_ups(self, answer: Answer) -> tuple[str, ...]:
        """Questions to go on with after ``answer``, each of which the articles answer; at most three.

        Raises:
            ProjectError: the articles can no longer be read.
        """

    def passage_context(self, citation: Citation) -> PassageContext:
        """The paragraph or list around a quote of an answer that was just given.

        Raises:
            ProjectError: the article can no longer be read.
        """

    def serves_unreviewed(self) -> bool:
        """Whether any article served has not been reviewed by a doctor."""
