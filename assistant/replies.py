"""Makes the Answer: the fixed replies, and those that rest on articles."""

from __future__ import annotations

from assistant.answer import Answer, Citation, Evidence, Kind, Notice, Said, Sentence
from assistant.asked import Asked, Read
from assistant.compose import (
    cited_articles,
    follow_up_questions,
    notices_for,
    quote_statements,
    related_articles,
    suggested_tests,
)
from assistant.evidence import NEAR_SUPPORT, Assessment
from assistant.handover import handover_cards
from assistant.smalltalk import smalltalk_text
from assistant.statements import Statement
from assistant.texts import blood_test_prompt
from corpus.search import Found
from settings import Settings


class Replies:
    """Words a reply for a message, with what the company has set."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def fixed(self, asked: Asked) -> Answer:
        """The reply to a message that the articles are not asked about."""
        kind = asked.triage.kind
        if asked.triage.alarms:
            return self._alarm(asked)
        if kind == "no_dosing":
            return self._fixed(asked, "no_dosing", asked.texts.no_dosing, with_cards=True)
        if asked.is_errand:
            return self._errand(asked)
        if kind == "smalltalk":
            return self._fixed(asked, "smalltalk", smalltalk_text(asked.question, asked.texts))
        return self._fixed(asked, "abstain", asked.texts.abstain_no_words)

    def _errand(self, asked: Asked) -> Answer:
        """What no article holds, and where it can be seen to."""
        message, booking = asked.texts.abstain_errand, self._settings.booking_url
        if booking and "{test}" not in booking:
            message += " " + asked.texts.abstain_booking.format(booking=booking)
        return self._fixed(asked, "abstain", self._with_contact(message, asked))

    def _with_contact(self, message: str, asked: Asked) -> str:
        contact = self._settings.contact_url
        return f"{message} {asked.texts.abstain_contact.format(contact=contact)}" if contact else message

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

    def from_articles(self, asked: Asked, read: Read) -> Answer:
        """The reply that rests on what was read."""
        if asked.triage.kind == "no_diagnosis":
            return self._no_diagnosis(asked, read.found, read.statements)
        if not read.statements:
            return self._abstain(asked, read.found, read.assessment)
        return self._answer(asked, read.found, read.assessment, read.statements)

    def _answer(self, asked: Asked, found: Found, assessment: Assessment, statements: list[Statement]) -> Answer:
        sentences, citations = quote_statements(found.index, statements)
        return self._saying(asked, found, assessment, sentences, citations)

    def written(self, asked: Asked, read: Read, said: Said) -> Answer:
        """The reply that says what a chat model wrote of it and the verifier kept."""
        answer = self._saying(asked, read.found, read.assessment, said.sentences, said.citations)
        return answer.model_copy(update={"mode": "generative"})

    def draft(self, asked: Asked, read: Read, said: Said) -> Answer:
        """What is written so far, without what only a finished reply has."""
        unfinished = {"blood_test_prompt": None, "suggested_tests": (), "follow_ups": ()}
        return self.written(asked, read, said).model_copy(update=unfinished)

    def _saying(
        self,
        asked: Asked,
        found: Found,
        assessment: Assessment,
        sentences: tuple[Sentence, ...],
        citations: tuple[Citation, ...],
    ) -> Answer:
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
        message = self._with_contact(asked.texts.abstain_near if related else asked.texts.abstain, asked)
        return self._fixed(asked, "abstain", message).model_copy(update={"related": related})
