"""The way a question takes, in one place.

message → language → triage → stand-alone question → passages → is the evidence enough? → statements → Answer
→ where a chat model is set: rewritten, verified sentence by sentence; else, and whenever it fails, as it was
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice

from assistant.answer import Answer, Citation, Generation, Outcome
from assistant.answerable import Answerable
from assistant.asked import Asked, Read
from assistant.compose import MAX_FOLLOW_UPS, cited_articles, open_questions
from assistant.context import PassageContext, passage_context
from assistant.language import MessageLanguage, choose_language
from assistant.lookup import Lookup
from assistant.progress import Draft, Progress, Reading, Writer
from assistant.replies import Replies
from assistant.texts import Texts, texts_for
from assistant.trace import Trace, traced_passages, traced_sentences, traced_triage
from assistant.triage import Screen
from assistant.writing.follow_up import FollowUps
from assistant.writing.growth import Growth
from assistant.writing.rewriting import Finished, Rewriter
from corpus.article import Language
from corpus.index import Index
from corpus.search import Searcher
from errors import QuestionRefused
from settings import Settings

MAX_QUESTION_CHARS = 4_000
MAX_HISTORY = 10


@dataclass(frozen=True, slots=True)
class _Gone:
    """The whole way: the message, what was read for it (None where nothing was looked up), and the reply."""

    asked: Asked
    read: Read | None
    answer: Answer
    started: float


@dataclass(frozen=True, slots=True)
class ChatParts:
    """What a chat model does for answers: it words them, and makes follow-ups stand alone."""

    rewriter: Rewriter
    follow_ups: FollowUps


class Assistant:
    """Answers questions from the articles. Keeps nothing of what it is asked. Safe to share between threads."""

    def __init__(
        self, searcher: Searcher, settings: Settings, screen: Screen | None = None, chat: ChatParts | None = None
    ) -> None:
        self._searcher = searcher
        self._settings = settings
        self._lookup = Lookup(searcher, settings)
        self._screen = screen or Screen()
        self._replies = Replies(settings)
        self._chat = chat
        self._answerable = Answerable(self._quoted)

    def answer(
        self,
        question: str,
        history: Sequence[str] = (),
        interface_language: Language | None = None,
        id: str | None = None,
        language: Language | None = None,
        agreed: bool = False,
    ) -> Answer:
        """One reply. ``history`` holds the visitor's earlier messages, oldest first.

        ``interface_language`` decides where the message does not; ``language`` decides outright. ``agreed``: the
        visitor lets a chat model outside this machine be sent what they write.

        Raises:
            QuestionRefused: empty, or over 4,000 characters without an alarm in it.
            IndexMissing, IndexMismatch, IndexUnusable: nothing can be searched.
        """
        gone = self._go(question, history, interface_language, id, language, agreed)
        return self._worded(gone, agreed)

    def stream(
        self,
        question: str,
        history: Sequence[str] = (),
        interface_language: Language | None = None,
        id: str | None = None,
        language: Language | None = None,
        agreed: bool = False,
        stop: threading.Event | None = None,
    ) -> Iterator[Progress | Answer]:
        """The same reply with what is known before: what is read, growing drafts, and at last the whole Answer.

        Setting ``stop`` ends the writing: what was verified by then is the answer, else the extractive one. Closing
        the iterator ends the request to the model. Raises as :meth:`answer` does.
        """
        gone = self._go(question, history, interface_language, id, language, agreed, stop)
        if gone.answer.citations:
            yield Reading(len({citation.article_id for citation in gone.answer.citations}))
        yield from self._write(gone, agreed, stop)

    def trace(
        self,
        question: str,
        history: Sequence[str] = (),
        id: str | None = None,
        language: Language | None = None,
        agreed: bool = False,
    ) -> Trace:
        """The same reply with the steps that led to it. Raises as :meth:`answer` does."""
        gone = self._go(question, history, None, id, language, agreed)
        triage, read = traced_triage(gone.asked.triage), gone.read
        answer = self._worded(gone, agreed)
        if read is None:
            return Trace(triage=triage, answer=answer)
        return Trace(
            triage=triage,
            stand_alone=read.question,
            evidence=read.assessment.evidence,
            support=round(read.assessment.support, 4),
            missing_words=tuple(read.assessment.missing),
            passages=traced_passages(read.found),
            sentences=traced_sentences(read.found, read.form, read.rules, read.assessment, read.statements),
            answer=answer,
        )

    @property
    def writer(self) -> Writer | None:
        """The chat model that words answers; None where they are quoted from the articles only."""
        return Writer(self._chat.rewriter.name, self._chat.rewriter.outside) if self._chat else None

    def _go(
        self,
        question: str,
        history: Sequence[str],
        interface_language: Language | None,
        id: str | None,
        language: Language | None,
        agreed: bool = False,
        stop: threading.Event | None = None,
    ) -> _Gone:
        """The way to the extractive answer, which is there before any chat model words it."""
        started = time.perf_counter()
        asked = self._receive(question, history, interface_language, id, language)
        screened = time.perf_counter()
        read = self._lookup.read(asked) if _is_looked_up(asked) else None
        if read is not None and (alone := self._stand_alone(asked, agreed, stop)):
            read = self._lookup.better_read(asked, alone, read)
        reply = self._replies.fixed(asked) if read is None else self._replies.from_articles(asked, read)
        finished = time.perf_counter()
        timings = {"triage": 1000 * (screened - started)}
        if read is not None:
            timings |= {"embed": read.found.embed_ms, "search": read.found.search_ms}
            timings["extract"] = max(0.0, 1000 * (finished - screened) - read.found.embed_ms - read.found.search_ms)
        timings["total"] = 1000 * (finished - started)
        timed = reply.model_copy(update={"timings_ms": {name: round(ms, 2) for name, ms in timings.items()}})
        return _Gone(asked, read, timed, started)

    def _quoted(self, question: str, language: Language) -> Answer:
        """The extractive answer to a question on its own."""
        return self._go(question, (), language, None, language).answer

    def _worded(self, gone: _Gone, agreed: bool) -> Answer:
        last = gone.answer
        for step in self._write(gone, agreed, None):
            if isinstance(step, Answer):
                last = step
        return last

    def _write(self, gone: _Gone, agreed: bool, stop: threading.Event | None) -> Iterator[Progress | Answer]:
        """Drafts of the reply as a chat model words it, and at last the reply; the extractive one in its absence."""
        read, asked, extractive = gone.read, gone.asked, gone.answer
        if self._chat is None or read is None or extractive.kind != "answer":
            yield extractive
            return
        rewriter = self._chat.rewriter
        if outcome := self._not_asked(asked, read, agreed):
            yield extractive.model_copy(update={"generation": Generation(model=rewriter.name, outcome=outcome)})
            return
        began = time.perf_counter()
        first: float | None = None
        quotes = [citation.quote for citation in extractive.citations]
        growth = Growth(extractive.citations, read.statements, read.question, asked.answer_in)
        with closing(rewriter.rewrite(read.question, quotes, growth, asked.answer_in, stop)) as steps:
            for step in steps:
                if isinstance(step, Finished):
                    last = step
                    continue
                first = first or time.perf_counter()
                yield Draft(self._replies.draft(asked, read, step.said))
        worded = extractive if last.said is None else self._replies.written(asked, read, last.said)
        now = time.perf_counter()
        timings = extractive.timings_ms | {"write": 1000 * (now - began), "total": 1000 * (now - gone.started)}
        if first:
            timings["first_sentence"] = 1000 * (first - gone.started)
        yield worded.model_copy(
            update={
                "generation": Generation(model=rewriter.name, outcome=last.outcome, dropped=last.dropped),
                "timings_ms": {name: round(ms, 2) for name, ms in timings.items()},
            }
        )

    def _not_asked(self, asked: Asked, read: Read, agreed: bool) -> Outcome | None:
        """Why the chat model is not asked to word this answer; None where it is."""
        if self._chat is None or (self._chat.rewriter.outside and not agreed):
            return "not_agreed"
        # Words of one language cannot be held against quotes in the other.
        return None if read.statements[0].passage.language == asked.answer_in else "other_language"

    def _stand_alone(self, asked: Asked, agreed: bool, stop: threading.Event | None) -> str | None:
        """A follow-up as the chat model makes it stand alone; None where there is none to ask, or nothing to use."""
        if self._chat is None or not asked.history or (self._chat.rewriter.outside and not agreed):
            return None
        return self._chat.follow_ups.stand_alone(asked.question, asked.history, asked.answer_in, stop)

    @property
    def searcher(self) -> Searcher:
        """The search that answers come from."""
        return self._searcher

    @property
    def index(self) -> Index:
        """The index version that answers come from at this moment."""
        return self._searcher.index

    def follow_ups(self, answer: Answer) -> tuple[str, ...]:
        """Questions to go on with: those of the cited articles that are answered when they are asked, at most three.

        Each is asked once an index version, without any chat model.

        Raises:
            ArticleUnknown: an article has been removed since.
            IndexMissing, IndexMismatch, IndexUnusable: nothing can be searched.
        """
        index = self._searcher.index
        asked = open_questions(cited_articles(index, answer.citations), answer.citations, answer.language)
        held = (
            question
            for question, article_id in asked
            if self._answerable.holds(question, article_id, answer.language, index.version)
        )
        return tuple(islice(held, MAX_FOLLOW_UPS))

    def passage_context(self, citation: Citation) -> PassageContext:
        """The paragraph or list a citation stands in.

        Raises:
            ArticleUnknown: the article has been removed since.
        """
        return passage_context(self._searcher.index.store.article(citation.article_id), citation)

    def serves_unreviewed(self) -> bool:
        """Whether any article that can be cited has not been reviewed."""
        return any(not article.reviewed for article in self._searcher.index.store.articles)

    def warm_up(self) -> None:
        """Load the index, the rules and the model, so that the first visitor does not wait for them."""
        self._screen.triage(["magnesium"])
        self._searcher.search("magnesium", 1)
        if self._chat:
            self._chat.rewriter.warm_up()

    def _receive(
        self,
        question: str,
        history: Sequence[str],
        interface: Language | None,
        id: str | None,
        language: Language | None,
    ) -> Asked:
        earlier = tuple(history)[-MAX_HISTORY:]
        found = choose_language(question, earlier, interface or self._settings.language)
        chosen = MessageLanguage(language, found.foreign) if language else found
        screened = self._screen.triage([*earlier, question])
        asked = Asked(id, question, earlier, chosen, screened, texts_for(chosen.answer_in))
        if not asked.triage.alarms:
            _refuse_unanswerable(question, asked.texts)
        return asked


def _is_looked_up(asked: Asked) -> bool:
    """Whether the articles are asked at all: no alarm, dose or greeting, and at least one word."""
    if asked.triage.alarms or asked.triage.kind in ("no_dosing", "smalltalk"):
        return False
    return any(character.isalnum() for character in asked.question)


def _refuse_unanswerable(question: str, texts: Texts) -> None:
    if not question.strip():
        raise QuestionRefused(texts.error_empty)
    if len(question) > MAX_QUESTION_CHARS:
        raise QuestionRefused(texts.error_too_long)
