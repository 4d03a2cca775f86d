"""One visitor's conversation, kept on the server for as long as the tab is open, and how it grows."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Literal

from assistant.answer import Answer
from assistant.progress import Draft, Progress, Reading
from assistant.texts import texts_for
from corpus.article import Language
from errors import ProjectError, QuestionRefused
from web.ports import Assistant, PassageContext
from web.render import Ending, render_answer, render_message, render_question

TURNS_KEPT = 50

Stage = Literal["searching", "reading", "writing", "done"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A message and its reply, both as HTML.

    ``question`` is what the next question may refer back to: None when the message got no answer.
    """

    number: int
    question: str | None
    asked: str
    reply: str
    follow_ups: tuple[str, ...] = ()
    give_back: str = ""
    """What to put back into the input, for a message that was refused."""
    stage: Stage = "done"
    """How far the reply has come. Only a turn that is done belongs in the conversation."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns, oldest first. Only ever built on the server: what a browser sends back is not read."""

    turns: tuple[Turn, ...] = ()

    @property
    def history(self) -> tuple[str, ...]:
        """The visitor's own earlier messages that were answered, oldest first."""
        return tuple(turn.question for turn in self.turns if turn.question is not None)

    @property
    def follow_ups(self) -> tuple[str, ...]:
        """Questions offered after the last reply."""
        return self.turns[-1].follow_ups if self.turns else ()

    @property
    def next_number(self) -> int:
        """The number of the turn to come."""
        return self.turns[-1].number + 1 if self.turns else 1

    def with_turn(self, turn: Turn) -> Conversation:
        """The conversation with one more turn; the oldest go after ``TURNS_KEPT``."""
        return Conversation((*self.turns, turn)[-TURNS_KEPT:])


def growing_turn(
    assistant: Assistant,
    question: str,
    conversation: Conversation,
    language: Language,
    agreed: bool = False,
    stop: threading.Event | None = None,
) -> Generator[Turn, None, None]:
    """Ask the assistant: the turn as it grows, and last, always, the one that is done.

    A failure becomes a turn that says what to do; no visitor's words are logged. What has been shown of an
    answer stays. ``agreed`` and ``stop`` are those of :meth:`web.ports.Assistant.stream`.
    """
    reply = _Reply(assistant, question, conversation.next_number, language)
    written: Answer | None = None
    if question.strip():
        yield reply.status(texts_for(language).searching, "searching")
    steps: Iterator[Progress | Answer] = iter(())
    try:
        steps = assistant.stream(question, conversation.history, interface_language=language, agreed=agreed, stop=stop)
        for step in steps:
            if isinstance(step, Reading):
                yield reply.reading(step.articles)
            elif isinstance(step, Draft):
                written = step.answer
                yield reply.draft(written)
            else:
                yield reply.answered(step)
    except QuestionRefused as refusal:
        yield reply.refused(refusal)
    except ProjectError as error:
        _log.error("No answer could be given: %s", error)
        yield reply.failed(written)
    except Exception as error:  # the last line before the visitor: they get a way on, whatever broke
        _log.error("No answer could be given: %s", _where(error))
        yield reply.failed(written)
    finally:
        if isinstance(steps, Generator):  # a visitor who has left: the work ends now, not when it is collected
            steps.close()


@dataclass(frozen=True, slots=True)
class _Reply:
    """The turns that one message can come to."""

    assistant: Assistant
    question: str
    number: int
    language: Language

    def status(self, text: str, stage: Stage) -> Turn:
        return self._turn(render_message(text, self.language, "searching"), stage=stage)

    def reading(self, articles: int) -> Turn:
        texts = texts_for(self.language)
        several = texts.reading_several.format(articles=articles)
        return self.status(texts.reading_one if articles == 1 else several, "reading")

    def draft(self, answer: Answer) -> Turn:
        return self._turn(self._rendered(answer, "writing"), stage="writing")

    def answered(self, answer: Answer) -> Turn:
        return self._turn(self._rendered(answer), self.question, answer.follow_ups)

    def refused(self, refusal: QuestionRefused) -> Turn:
        reply = render_message(str(refusal), self.language, "refused")
        return Turn(self.number, None, asked="", reply=reply, give_back=self.question.strip())

    def failed(self, written: Answer | None) -> Turn:
        if written is not None:
            return self._turn(self._rendered(written, "unfinished"), self.question)
        return self._turn(render_message(texts_for(self.language).error_unavailable, self.language, "failed"))

    def _turn(
        self, reply: str, question: str | None = None, follow_ups: tuple[str, ...] = (), stage: Stage = "done"
    ) -> Turn:
        asked = render_question(self.question, texts_for(self.language)) if self.question.strip() else ""
        return Turn(self.number, question, asked, reply, follow_ups, stage=stage)

    def _rendered(self, answer: Answer, ending: Ending = "whole") -> str:
        contexts = _contexts(self.assistant, answer)
        return render_answer(answer, contexts, texts_for(answer.language), f"t{self.number}", ending)


def _contexts(assistant: Assistant, answer: Answer) -> dict[int, PassageContext]:
    contexts: dict[int, PassageContext] = {}
    for citation in answer.citations:
        try:
            contexts[citation.n] = assistant.passage_context(citation)
        except ProjectError as error:
            _log.warning("A source is shown without its paragraph: %s", error)
    return contexts


def _where(error: Exception) -> str:
    # Not the error's own text: it may quote what the visitor wrote.
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {frame.filename}:{frame.lineno}"
