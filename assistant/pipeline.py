"""The way a question takes, in one place.

message → language → triage → stand-alone question → passages → is the evidence enough? → statements → Answer
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answer import Answer, Citation
from assistant.asked import Asked, Read
from assistant.context import PassageContext, passage_context
from assistant.conversation import adds, of_the_same_topic, stand_alone
from assistant.evidence import assess, only_told_in_other_language
from assistant.extract import pick_statements
from assistant.language import MessageLanguage, choose_language
from assistant.question import question_form
from assistant.replies import Replies
from assistant.spelling import repair_spelling
from assistant.statements import Rules
from assistant.texts import Texts, texts_for
from assistant.trace import Trace, traced_passages, traced_sentences, traced_triage
from assistant.triage import Screen
from corpus.article import LANGUAGES, Language
from corpus.index import Index
from corpus.search import Searcher
from errors import QuestionRefused
from settings import Settings

MAX_QUESTION_CHARS = 4_000
MAX_HISTORY = 10
HITS = 24
_OWN_FIGURES = re.compile(
    r"(?<![\w-])[<>≤≥]?\d+(?:[.,]\d+)?(?!\w|-[^\W\d])\s*(?:[a-zµμ%]+/[a-z0-9]+|%)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class _Gone:
    """The whole way: the message, what was read for it (None where nothing was looked up), and the reply."""

    asked: Asked
    read: Read | None
    answer: Answer


class Assistant:
    """Answers questions from the articles. Keeps nothing of what it is asked. Safe to share between threads."""

    def __init__(self, searcher: Searcher, settings: Settings, screen: Screen | None = None) -> None:
        self._searcher = searcher
        self._settings = settings
        self._screen = screen or Screen()
        self._replies = Replies(settings)

    def answer(
        self,
        question: str,
        history: Sequence[str] = (),
        interface_language: Language | None = None,
        id: str | None = None,
        language: Language | None = None,
    ) -> Answer:
        """One reply. ``history`` holds the visitor's earlier messages, oldest first.

        ``interface_language`` decides where the message does not; ``language`` decides outright.

        Raises:
            QuestionRefused: empty, or over 4,000 characters without an alarm in it.
            IndexMissing, IndexMismatch, IndexUnusable: nothing can be searched.
        """
        return self._go(question, history, interface_language, id, language).answer

    def trace(
        self, question: str, history: Sequence[str] = (), id: str | None = None, language: Language | None = None
    ) -> Trace:
        """The same reply with the steps that led to it. Raises as :meth:`answer` does."""
        gone = self._go(question, history, None, id, language)
        triage, read = traced_triage(gone.asked.triage), gone.read
        if read is None:
            return Trace(triage=triage, answer=gone.answer)
        return Trace(
            triage=triage,
            stand_alone=read.question,
            evidence=read.assessment.evidence,
            support=round(read.assessment.support, 4),
            missing_words=tuple(read.assessment.missing),
            passages=traced_passages(read.found),
            sentences=traced_sentences(read.found, read.form, read.rules, read.assessment, read.statements),
            answer=gone.answer,
        )

    def _go(
        self,
        question: str,
        history: Sequence[str],
        interface_language: Language | None,
        id: str | None,
        language: Language | None,
    ) -> _Gone:
        started = time.perf_counter()
        asked = self._receive(question, history, interface_language, id, language)
        screened = time.perf_counter()
        read = self._read(asked) if _is_looked_up(asked) else None
        reply = self._replies.fixed(asked) if read is None else self._replies.from_articles(asked, read)
        finished = time.perf_counter()
        timings = {"triage": 1000 * (screened - started)}
        if read is not None:
            timings |= {"embed": read.found.embed_ms, "search": read.found.search_ms}
            timings["extract"] = max(0.0, 1000 * (finished - screened) - read.found.embed_ms - read.found.search_ms)
        timings["total"] = 1000 * (finished - started)
        timed = reply.model_copy(update={"timings_ms": {name: round(ms, 2) for name, ms in timings.items()}})
        return _Gone(asked, read, timed)

    @property
    def index(self) -> Index:
        """The index version that answers come from at this moment."""
        return self._searcher.index

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

    def _read(self, asked: Asked) -> Read:
        """What the articles say to the question as it stands alone; else to it asked of the topic so far."""
        own_value = asked.triage.kind == "no_diagnosis"
        question = repair_spelling(asked.question, asked.answer_in)
        alone = stand_alone(question, asked.history)
        read = self._look_up(alone, asked.answer_in, own_value, lenient=own_value or alone != question)
        if alone != question and not _says_any_of(read, adds(question)):
            read = _partial(read)
        of_topic = None if read.statements else of_the_same_topic(alone, asked.history)
        if of_topic is None:
            return read
        on_topic = self._look_up(of_topic, asked.answer_in, own_value, lenient=own_value)
        # The topic is only assumed, so what is found may not be what was meant.
        return _partial(on_topic) if on_topic.statements else read

    def _look_up(self, question: str, answer_in: Language, own_value: bool, lenient: bool) -> Read:
        """From the visitor's own language where its articles carry an answer, else from the other."""
        query = _OWN_FIGURES.sub(" ", question) if own_value else question
        found = only_told_in_other_language(self._searcher.search(query, HITS, query_language=answer_in))
        rules = Rules(figures=not own_value, brand=self._settings.brand_name)
        form = question_form(query)
        languages = sorted(LANGUAGES, key=lambda language: language != answer_in)
        risk = self._settings.evidence_risk
        assessments = [(language, assess(found, language, lenient, risk)) for language in languages]
        for language, assessment in assessments:
            if assessment.evidence != "none":
                statements = pick_statements(found, form, rules, language)
                if statements:
                    return Read(question, form, rules, found, assessment, statements)
        best = max((assessment for _, assessment in assessments), key=lambda a: a.support)
        return Read(question, form, rules, found, best, [])


def _is_looked_up(asked: Asked) -> bool:
    """Whether the articles are asked at all: no alarm, dose or greeting, and at least one word."""
    if asked.triage.alarms or asked.triage.kind in ("no_dosing", "smalltalk"):
        return False
    return any(character.isalnum() for character in asked.question)


def _partial(read: Read) -> Read:
    """The same, said with less certainty; nothing found stays nothing."""
    if read.assessment.evidence == "none":
        return read
    return replace(read, assessment=replace(read.assessment, evidence="partial"))


def _says_any_of(read: Read, words: str) -> bool:
    """Whether the statements or their headings hold any of a follow-up's own words; true where it has none.

    "Och på vintern då?" after vitamin D deficiency: what says nothing of winter is no answer to that.
    """
    if not words or not read.statements:
        return True
    language = read.statements[0].passage.language
    if read.found.query_language != language:
        return True
    said = "\n".join(f"{s.passage.heading or s.passage.title}\n{s.text}" for s in read.statements)
    return read.found.index.shelves[language].lexical.coverage(words, said) > 0


def _refuse_unanswerable(question: str, texts: Texts) -> None:
    if not question.strip():
        raise QuestionRefused(texts.error_empty)
    if len(question) > MAX_QUESTION_CHARS:
        raise QuestionRefused(texts.error_too_long)
