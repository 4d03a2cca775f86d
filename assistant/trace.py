"""One question's way to its answer, step by step, for whoever asks why: the evals and the staff pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from assistant.answer import Answer, Evidence
from assistant.evidence import Assessment
from assistant.question import QuestionForm
from assistant.statements import Rules, Statement, quotable_statements, refused_sentences
from assistant.triage import Alarm, Triage, TriageKind
from corpus.article import Language
from corpus.search import Found

Fate = Literal["shown", "scored lower", "may not be quoted"]
_MOST_SENTENCES = 40


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TracedTriage(_Value):
    """What the message was taken for; ``rule`` names what decided and never holds the visitor's words."""

    kind: TriageKind | None
    alarms: tuple[Alarm, ...]
    rule: str | None


class TracedPassage(_Value):
    """A passage found: ``score`` orders them, ``similarity`` is the cosine, ``lexical`` the share of the best BM25."""

    article_id: str
    title: str
    heading: str | None
    language: Language
    quote: str
    start: int
    end: int
    score: float
    similarity: float
    lexical: float


class TracedSentence(_Value):
    """A sentence, or a list with its lead-in, that was read. ``score`` is None for one that may not be quoted."""

    article_id: str
    text: str
    start: int
    end: int
    score: float | None
    fate: Fate


class Trace(_Value):
    """The steps. ``stand_alone`` is what was searched for; None, and no passages, where nothing was."""

    triage: TracedTriage
    stand_alone: str | None = None
    evidence: Evidence | None = None
    support: float | None = None
    missing_words: tuple[str, ...] = ()
    passages: tuple[TracedPassage, ...] = ()
    sentences: tuple[TracedSentence, ...] = ()
    answer: Answer


def traced_triage(triage: Triage) -> TracedTriage:
    """As plain data."""
    return TracedTriage(kind=triage.kind, alarms=triage.alarms, rule=triage.rule)


def traced_passages(found: Found) -> tuple[TracedPassage, ...]:
    """What was found, best first."""
    return tuple(
        TracedPassage(
            article_id=hit.passage.article_id,
            title=hit.passage.title,
            heading=hit.passage.heading,
            language=hit.passage.language,
            quote=hit.passage.text,
            start=hit.passage.start,
            end=hit.passage.end,
            score=round(hit.score, 4),
            similarity=round(hit.similarity, 4),
            lexical=round(hit.lexical, 4),
        )
        for hit in found.hits
    )


def traced_sentences(
    found: Found, form: QuestionForm, rules: Rules, assessment: Assessment, chosen: Sequence[Statement]
) -> tuple[TracedSentence, ...]:
    """What was read, best first: what is shown, what scored lower, and what no answer may quote."""
    language = chosen[0].passage.language if chosen else found.query_language
    shown = {(statement.passage.article_id, statement.start) for statement in chosen}
    ranked = [] if assessment.evidence == "none" else quotable_statements(found, form, rules, language)
    read = [_sentence(s, "shown" if (s.passage.article_id, s.start) in shown else "scored lower") for s in ranked]
    refused = [_sentence(s, "may not be quoted") for s in refused_sentences(found, rules, language)]
    return tuple(_once([*read[:_MOST_SENTENCES], *refused[:_MOST_SENTENCES]]))


def _sentence(statement: Statement, fate: Fate) -> TracedSentence:
    return TracedSentence(
        article_id=statement.passage.article_id,
        text=statement.text,
        start=statement.start,
        end=statement.end,
        score=None if fate == "may not be quoted" else round(statement.score, 4),
        fate=fate,
    )


def _once(sentences: Sequence[TracedSentence]) -> Iterator[TracedSentence]:
    seen: set[tuple[str, int]] = set()
    for sentence in sentences:
        place = (sentence.article_id, sentence.start)
        if place not in seen:
            seen.add(place)
            yield sentence
