"""One visitor's conversation, kept on the server for as long as the tab is open, and how it grows."""

from __future__ import annotations

import logging
import threading
import traceback
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from pydantic import ValidationError

from assistant.answer import Answer, Kind
from assistant.feedback import MAX_QUESTION_CHARS, Feedback
from assistant.progress import Draft, Progress, Reading
from assistant.texts import texts_for
from corpus.article import Language
from errors import ProjectError, QuestionRefused
from web.ports import Assistant, PassageContext
from web.render import Ending, render_answer, render_message, render_question

TURNS_KEPT = 50

Stage = Literal["searching", "reading", "writing", "answered", "done"]
"""``answered``: the whole reply is there, and what may be asked next is still being looked into."""

_WITH_ACTS: tuple[Kind, ...] = ("answer", "abstain", "no_diagnosis", "no_dosing")
"""An alarm is a card to act on and nothing else."""

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
    again: str = ""
    """What trying again asks; empty where that is not offered."""
    acts_in: Language | None = None
    """The language of the buttons under the reply; None where there are none."""
    about: Feedback | None = None
    """What a verdict on the reply would be about; None where none can be given."""


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
    def again(self) -> str:
        """What trying the last message again asks."""
        return self.turns[-1].again if self.turns else ""

    @property
    def next_number(self) -> int:
        """The number of the turn to come."""
        return self.turns[-1].number + 1 if self.turns else 1

    def with_turn(self, turn: Turn) -> Conversation:
        """The conversation with one more turn; the oldest go after ``TURNS_KEPT``."""
        return Conversation((*self.turns, turn)[-TURNS_KEPT:])

    def without_last(self) -> Conversation:
        """The conversation as it was before the last message."""
        return Conversation(self.turns[:-1])

    def with_verdict(self, number: int) -> Conversation:
        """The conversation in which nothing more can be said about the turn with this number."""
        return Conversation(tuple(replace(turn, about=None) if turn.number == number else turn for turn in self.turns))


def forgotten(language: Language) -> Conversation:
    """What stands in place of a conversation that a page still shows and nobody remembers."""
    said = render_message(texts_for(language).conversation_forgotten, language, "forgotten")
    return Conversation((Turn(0, None, asked="", reply=said),))


def interrupted(turn: Turn, question: str, language: Language) -> Turn:
    """What is kept of a turn until its reply is there: whoever loads the page anew meanwhile can ask again."""
    said = render_message(texts_for(language).error_interrupted, language, "failed")
    return replace(turn, reply=said, stage="done", again=question)


def growing_turn(
    assistant: Assistant,
    question: str,
    conversation: Conversation,
    language: Language,
    agreed: bool = False,
    stop: threading.Event | None = None,
    rates: bool = False,
) -> Generator[Turn, None, None]:
    """Ask the assistant: the turn as it grows, and last, always, the one that is done.

    A failure becomes a turn that says what to do; no visitor's words are logged. What has been shown of an
    answer stays. ``agreed`` and ``stop`` are those of :meth:`web.ports.Assistant.stream`; ``rates``: a verdict may
    be given on the reply.
    """
    reply = _Reply(assistant, question, conversation.next_number, language, rates)
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
                answered = reply.answered(step)
                if step.follow_ups:
                    yield replace(answered, stage="answered", question=None)
                    answered = replace(answered, follow_ups=_follow_ups(assistant, step, conversation))
                yield answered
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
    rates: bool = False

    def status(self, text: str, stage: Stage) -> Turn:
        return self._turn(render_message(text, self.language, "searching"), stage=stage)

    def reading(self, articles: int) -> Turn:
        texts = texts_for(self.language)
        several = texts.reading_several.format(articles=articles)
        return self.status(texts.reading_one if articles == 1 else several, "reading")

    def draft(self, answer: Answer) -> Turn:
        return self._turn(self._rendered(answer, "writing"), stage="writing")

    def answered(self, answer: Answer) -> Turn:
        turn = self._turn(self._rendered(answer), self.question)
        if answer.kind not in _WITH_ACTS:
            return turn
        about = _about(answer) if self.rates else None
        return replace(turn, again=self.question, acts_in=answer.language, about=about)

    def refused(self, refusal: QuestionRefused) -> Turn:
        reply = render_message(str(refusal), self.language, "refused")
        return Turn(self.number, None, asked="", reply=reply, give_back=self.question.strip())

    def failed(self, written: Answer | None) -> Turn:
        if written is not None:
            turn = self._turn(self._rendered(written, "unfinished"), self.question)
        else:
            turn = self._turn(render_message(texts_for(self.language).error_unavailable, self.language, "failed"))
        return replace(turn, again=self.question)

    def _turn(self, reply: str, question: str | None = None, stage: Stage = "done") -> Turn:
        asked = render_question(self.question, texts_for(self.language)) if self.question.strip() else ""
        return Turn(self.number, question, asked, reply, stage=stage)

    def _rendered(self, answer: Answer, ending: Ending = "whole") -> str:
        contexts = _contexts(self.assistant, answer)
        return render_answer(answer, contexts, texts_for(answer.language), f"t{self.number}", ending)


def _follow_ups(assistant: Assistant, answer: Answer, conversation: Conversation) -> tuple[str, ...]:
    """What may be asked next and has not been asked yet; nothing rather than a failure."""
    try:
        found = assistant.follow_ups(answer)
    except Exception as error:  # the answer is there already, and stands
        _log.warning("No follow-ups are offered: %s", _where(error))
        return ()
    return tuple(question for question in found if question not in (*conversation.history, answer.question))


def _about(answer: Answer) -> Feedback | None:
    articles = dict.fromkeys(citation.article_id for citation in answer.citations)
    try:
        return Feedback(
            question=answer.question[:MAX_QUESTION_CHARS],
            language=answer.language,
            kind=answer.kind,
            evidence=answer.evidence,
            articles=tuple(articles),
        )
    except ValidationError:  # half a character, as no keyboard writes it
        return None


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
