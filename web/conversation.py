"""One visitor's conversation, kept on the server for as long as the tab is open, and how it grows."""

from __future__ import annotations

import logging
import traceback
from dataclasses import dataclass

from assistant.answer import Answer
from assistant.texts import texts_for
from corpus.article import Language
from errors import ProjectError, QuestionRefused
from web.ports import Assistant, PassageContext
from web.render import render_answer, render_message, render_question

TURNS_KEPT = 50

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


def waiting_turn(question: str, conversation: Conversation, language: Language) -> Turn:
    """What is shown until the reply is there."""
    texts = texts_for(language)
    return Turn(
        number=conversation.next_number,
        question=None,
        asked=render_question(question, texts),
        reply=render_message(texts.searching, language, "searching"),
    )


def answered_turn(assistant: Assistant, question: str, conversation: Conversation, language: Language) -> Turn:
    """Ask the assistant. A failure becomes a turn that says what to do; no visitor's words are logged."""
    texts = texts_for(language)
    asked = render_question(question, texts) if question.strip() else ""
    number = conversation.next_number
    try:
        answer = assistant.answer(question, conversation.history, interface_language=language)
        reply = render_answer(answer, _contexts(assistant, answer), texts_for(answer.language), f"t{number}")
    except QuestionRefused as refusal:
        reply = render_message(str(refusal), language, "refused")
        return Turn(number, None, asked="", reply=reply, give_back=question.strip())
    except ProjectError as error:
        _log.error("No answer could be given: %s", error)
    except Exception as error:  # the last line before the visitor: they get a way on, whatever broke
        _log.error("No answer could be given: %s", _where(error))
    else:
        return Turn(number, question, asked, reply, answer.follow_ups)
    return Turn(number, None, asked, render_message(texts.error_unavailable, language, "failed"))


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
