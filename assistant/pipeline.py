"""The way a question takes, in one place.

message → language → triage → stand-alone question → passages → is the evidence enough? → statements → Answer
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.answer import Answer, Citation, Evidence, Kind, Notice
from assistant.compose import (
    cited_articles,
    follow_up_questions,
    notices_for,
    quote_statements,
    related_articles,
    suggested_tests,
)
from assistant.context import PassageContext, passage_context
from assistant.conversation import of_the_same_topic, stand_alone
from assistant.evidence import NEAR_SUPPORT, Assessment, assess, only_told_in_other_language
from assistant.extract import Rules, Statement, pick_statements
from assistant.handover import handover_cards
from assistant.language import MessageLanguage, choose_language
from assistant.question import question_form
from assistant.smalltalk import smalltalk_text
from assistant.spelling import repair_spelling
from assistant.texts import Texts, blood_test_prompt, texts_for
from assistant.triage import Screen, Triage
from corpus.article import LANGUAGES, Language
from corpus.search import Found, Searcher
from errors import QuestionRefused
from settings import Settings

MAX_QUESTION_CHARS = 4_000
MAX_HISTORY = 10
HITS = 24
_OWN_FIGURES = re.compile(
    r"(?<![\w-])[<>≤≥]?\d+(?:[.,]\d+)?(?!\w|-[^\W\d])\s*(?:[a-zµμ%]+/[a-z0-9]+|%)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A message under way: what was written, what came before, and what is known of both."""

    id: str | None
    question: str
    history: tuple[str, ...]
    language: MessageLanguage
    triage: Triage
    texts: Texts

    @property
    def answer_in(self) -> Language:
        """The visitor's language."""
        return self.language.answer_in


@dataclass(frozen=True, slots=True)
class Read:
    """What the articles hold for a question: the passages, how far they carry, and the statements picked."""

    found: Found
    assessment: Assessment
    statements: list[Statement]


class Assistant:
    """Answers questions from the articles. Keeps nothing of what it is asked. Safe to share between threads."""

    def __init__(self, searcher: Searcher, settings: Settings, screen: Screen | None = None) -> None:
        self._searcher = searcher
        self._settings = settings
        self._screen = screen or Screen()

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
        started = time.perf_counter()
        asked = self._receive(question, history, interface_language, id, language)
        screened = time.perf_counter()
        reply, timings = self._reply(asked)
        finished = time.perf_counter()
        timings = {"triage": 1000 * (screened - started), **timings, "total": 1000 * (finished - started)}
        return reply.model_copy(update={"timings_ms": {name: round(ms, 2) for name, ms in timings.items()}})

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

    def _reply(self, asked: Asked) -> tuple[Answer, dict[str, float]]:
        kind = asked.triage.kind
        if asked.triage.alarms:
            return self._alarm(asked), {}
        if kind == "no_dosing":
            return self._fixed(asked, "no_dosing", asked.texts.no_dosing, with_cards=True), {}
        if kind == "smalltalk":
            return self._fixed(asked, "smalltalk", smalltalk_text(asked.question, asked.texts)), {}
        if not any(character.isalnum() for character in asked.question):
            return self._fixed(asked, "abstain", asked.texts.abstain_no_words), {}
        return self._from_articles(asked)

    def _alarm(self, asked: Asked) -> Answer:
        kind: Kind = asked.triage.kind or "emergency"
        return self._fixed(asked, kind, None, with_cards=True)

    def _fixed(self, asked: Asked, kind: Kind, message: str | None, with_cards: bool = False) -> Answer:
        cards = handover_cards(asked.triage, asked.answer_in, asked.language.foreign) if with_cards else ()
        return Answer(
            id=asked.id,
            question=asked.question,
            language=asked.answer_in,
            kind=kind,
            evidence="none",
            message=message,
            handover=cards,
        )

    def _from_articles(self, asked: Asked) -> tuple[Answer, dict[str, float]]:
        started = time.perf_counter()
        read = self._read(asked)
        if asked.triage.kind == "no_diagnosis":
            answer = self._no_diagnosis(asked, read.found, read.statements)
        elif not read.statements:
            answer = self._abstain(asked, read.found, read.assessment)
        else:
            answer = self._answer(asked, read.found, read.assessment, read.statements)
        timings = {"embed": read.found.embed_ms, "search": read.found.search_ms}
        timings["extract"] = max(0.0, 1000 * (time.perf_counter() - started) - sum(timings.values()))
        return answer, timings

    def _read(self, asked: Asked) -> Read:
        """What the articles say to the question as it stands alone; else to it asked of the topic so far."""
        own_value = asked.triage.kind == "no_diagnosis"
        question = repair_spelling(asked.question, asked.answer_in)
        alone = stand_alone(question, asked.history)
        read = self._look_up(alone, asked.answer_in, own_value, lenient=own_value or alone != question)
        of_topic = None if read.statements else of_the_same_topic(alone, asked.history)
        if of_topic is None:
            return read
        on_topic = self._look_up(of_topic, asked.answer_in, own_value, lenient=own_value)
        # The topic is only assumed, so what is found may not be what was meant.
        assumed = replace(on_topic, assessment=replace(on_topic.assessment, evidence="partial"))
        return assumed if on_topic.statements else read

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
                    return Read(found, assessment, statements)
        return Read(found, max((assessment for _, assessment in assessments), key=lambda a: a.support), [])

    def _answer(self, asked: Asked, found: Found, assessment: Assessment, statements: list[Statement]) -> Answer:
        sentences, citations = quote_statements(found.index, statements)
        articles = cited_articles(found.index, citations)
        partial = assessment.evidence == "partial"
        return Answer(
            id=asked.id,
            question=asked.question,
            language=asked.answer_in,
            kind="answer",
            evidence=assessment.evidence,
            sentences=sentences,
            citations=citations,
            notices=notices_for(articles, asked.answer_in, partial, asked.texts),
            blood_test_prompt=blood_test_prompt(asked.answer_in, self._settings),
            suggested_tests=suggested_tests(articles, asked.answer_in, self._settings.booking_url),
            follow_ups=follow_up_questions(articles, citations, asked.answer_in),
        )

    def _no_diagnosis(self, asked: Asked, found: Found, statements: list[Statement]) -> Answer:
        texts = asked.texts
        citations: tuple[Citation, ...]
        sentences, citations = quote_statements(found.index, statements)
        articles = cited_articles(found.index, citations)
        message = f"{texts.no_diagnosis} {texts.no_diagnosis_general}" if sentences else texts.no_diagnosis
        notices: tuple[Notice, ...] = notices_for(articles, asked.answer_in, False, texts)
        if self._settings.results_url:
            shown = texts.no_diagnosis_results.format(results=self._settings.results_url)
            notices = (Notice(code="own_results", text=shown), *notices)
        evidence: Evidence = "partial" if sentences else "none"
        return Answer(
            id=asked.id,
            question=asked.question,
            language=asked.answer_in,
            kind="no_diagnosis",
            evidence=evidence,
            message=message,
            sentences=sentences,
            citations=citations,
            notices=notices,
            blood_test_prompt=blood_test_prompt(asked.answer_in, self._settings),
            handover=handover_cards(asked.triage, asked.answer_in, asked.language.foreign),
        )

    def _abstain(self, asked: Asked, found: Found, assessment: Assessment) -> Answer:
        near = [hit for hit in found.hits if hit.passage.language == asked.answer_in] or list(found.hits)
        related = related_articles(found.index, near[:4]) if assessment.support > NEAR_SUPPORT else ()
        message = asked.texts.abstain_near if related else asked.texts.abstain
        if self._settings.contact_url:
            message += " " + asked.texts.abstain_contact.format(contact=self._settings.contact_url)
        return self._fixed(asked, "abstain", message).model_copy(update={"related": related})


def _refuse_unanswerable(question: str, texts: Texts) -> None:
    if not question.strip():
        raise QuestionRefused(texts.error_empty)
    if len(question) > MAX_QUESTION_CHARS:
        raise QuestionRefused(texts.error_too_long)
