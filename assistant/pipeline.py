"""The way a question takes, in one place.

message → language → triage → stand-alone question → passages → is the evidence enough? → statements → Answer
→ where a chat model is set: rewritten, verified sentence by sentence; else, and whenever it fails, as it was
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from itertools import islice

from assistant.answer import Answer, Citation
from assistant.answerable import Answerable
from assistant.asked import Asked
from assistant.compose import MAX_FOLLOW_UPS, cited_articles, open_questions
from assistant.context import PassageContext, passage_context
from assistant.language import MessageLanguage, choose_language
from assistant.lookup import Lookup
from assistant.progress import Progress, Reading, Writer
from assistant.replies import Replies
from assistant.texts import Texts, texts_for
from assistant.trace import Trace, traced_passages, traced_sentences, traced_triage
from assistant.triage import Screen
from assistant.wording import ChatParts, Gone, Wording
from corpus.article import Language
from corpus.index import Index
from corpus.search import Searcher
from errors import QuestionRefused
from settings import Settings

MAX_QUESTION_CHARS = 4_000
MAX_HISTORY = 10


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
        self._wording = Wording(self._replies, chat)
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
        return self._wording.last(gone, agreed)

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
        yield from self._wording.steps(gone, agreed, stop)

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
        answer = self._wording.last(gone, agreed)
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
        return self._wording.writer

    def _go(
        self,
        question: str,
        history: Sequence[str],
        interface_language: Language | None,
        id: str | None,
        language: Language | None,
        agreed: bool = False,
        stop: threading.Event | None = None,
    ) -> Gone:
        """The way to the extractive answer, which is there before any chat model words it."""
        started = time.perf_counter()
        asked = self._receive(question, history, interface_language, id, language)
        screened = time.perf_counter()
        read = self._lookup.read(asked) if _is_looked_up(asked) else None
        if read is not None and (alone := self._wording.stand_alone(asked, agreed, stop)):
            read = self._lookup.better_read(asked, alone, read)
        reply = self._replies.fixed(asked) if read is None else self._replies.from_articles(asked, read)
        finished = time.perf_counter()
        timings = {"triage": 1000 * (screened - started)}
        if read is not None:
            timings |= {"embed": read.found.embed_ms, "search": read.found.search_ms}
            timings["extract"] = max(0.0, 1000 * (finished - screened) - read.found.embed_ms - read.found.search_ms)
        timings["total"] = 1000 * (finished - started)
        timed = reply.model_copy(update={"timings_ms": {name: round(ms, 2) for name, ms in timings.items()}})
        return Gone(asked, read, timed, started)

    def _quoted(self, question: str, language: Language) -> Answer:
        """The extractive answer to a question on its own."""
        return self._go(question, (), language, None, language).answer

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
        self._wording.warm_up()

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
    """Whether the articles are asked at all: no alarm, dose, greeting or errand, and at least one word."""
    if asked.triage.alarms or asked.triage.kind in ("no_dosing", "smalltalk") or asked.is_errand:
        return False
    return any(character.isalnum() for character in asked.question)


def _refuse_unanswerable(question: str, texts: Texts) -> None:
    if not question.strip():
        raise QuestionRefused(texts.error_empty)
    if len(question) > MAX_QUESTION_CHARS:
        raise QuestionRefused(texts.error_too_long)
