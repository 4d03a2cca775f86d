"""Scores one answer against its case, with the reasons in words. What cannot be scored is None, never zero."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic import BaseModel, ConfigDict

from assistant.answer import Answer, Citation
from assistant.trace import Trace, TracedPassage
from corpus.article import Article
from corpus.store import ArticleStore
from errors import ArticleUnknown
from evals.cases import Case, Support
from evals.judged import Judged
from evals.readability import readability

RETRIEVED_AT = 10
"""A supporting passage counts as retrieved among the first so many found."""
_WITH_PROMPT = ("answer", "no_diagnosis")


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Scores(_Value):
    """What was measured of one answer. Flags are true where all is well; shares are 0 to 1.

    kind, language, evidence   as the case expects; evidence is None where the case leaves it open
    retrieved                  a supporting passage is among the first ``RETRIEVED_AT`` found
    cited, first_cited         a supporting passage is cited, and is citation number 1; this, the line above and the
                               one below are None where no supporting quote stands in the articles any more
    citation_precision         share of citations that overlap a supporting quote
    fact_recall                share of the case's facts (nuggets) that the answer says
    clean                      nothing is said that the case forbids
    quotes                     every quote is the stored article's text at its offsets, character for character
    verbatim                   every sentence stands in a quote that it cites; None for an answer by a chat model
    prompt                     the blood test prompt is there and exact where it is due, and absent elsewhere
    readability                LIX for Swedish, Flesch's reading ease for English, of what the articles say, by
                               the language of the first article quoted
    words                      in what the articles say
    """

    kind: bool
    language: bool
    evidence: bool | None
    retrieved: bool | None
    cited: bool | None
    first_cited: bool | None
    citation_precision: float | None
    fact_recall: float | None
    clean: bool
    quotes: bool | None
    verbatim: bool | None
    prompt: bool
    readability: float | None
    words: int


class Place(_Value):
    """A passage that was found for the question, best first."""

    article_id: str
    heading: str | None
    start: int
    end: int
    score: float


class Row(_Value):
    """One case, what came of it, and why it is right or not. Either ``error`` is set, or answer and scores are.

    ``topic`` is the main topic of the first supporting article; None for a case that names none. ``judged`` is what
    chat models said of the answer, where they were asked; nothing is decided by it.
    """

    case: Case
    topic: str | None = None
    answer: Answer | None = None
    found: tuple[Place, ...] = ()
    scores: Scores | None = None
    faults: tuple[str, ...] = ()
    error: str | None = None
    milliseconds: float | None = None
    judged: tuple[Judged, ...] = ()

    @property
    def right(self) -> bool | None:
        """Whether nothing at all is wrong; None where the case could not be answered."""
        return None if self.scores is None else not self.faults


def score(case: Case, trace: Trace, store: ArticleStore, prompts: dict[str, str]) -> Row:
    """Compare what came of ``case`` with what it expects. ``prompts``: the fixed blood test prompt by language."""
    answer = trace.answer
    scores = _scores(case, answer, trace.passages, store, prompts)
    return Row(
        case=case,
        topic=topic_of(case, store),
        answer=answer.model_copy(update={"timings_ms": {}}),
        found=tuple(_place(passage) for passage in trace.passages[:RETRIEVED_AT]),
        scores=scores,
        faults=tuple(_faults(case, answer, scores, _is_outdated(case, store))),
        milliseconds=answer.timings_ms.get("total"),
    )


def failed(case: Case, reason: str, topic: str | None = None) -> Row:
    """A case that could not be answered: unscored, and counted as such."""
    return Row(case=case, topic=topic, error=reason)


def topic_of(case: Case, store: ArticleStore) -> str | None:
    """The main topic of the first supporting article."""
    article = _article(store, case.supports[0].article) if case.supports else None
    return article.topics[0] if article and article.topics else None


def _scores(
    case: Case, answer: Answer, passages: tuple[TracedPassage, ...], store: ArticleStore, prompts: dict[str, str]
) -> Scores:
    answered = _asks_support(case) and answer.kind == "answer"
    can_be_found = _asks_support(case) and not _is_outdated(case, store)
    cites = answered and can_be_found
    supported = [_supports(case, store, c.article_id, c.start, c.end) for c in answer.citations]
    said = said_in(answer)
    return Scores(
        kind=answer.kind in case.kind,
        language=answer.language == case.language,
        evidence=answer.evidence in case.evidence if case.evidence else None,
        retrieved=any(_supports(case, store, p.article_id, p.start, p.end) for p in passages[:RETRIEVED_AT])
        if can_be_found and passages
        else None,
        cited=any(supported) if cites else None,
        first_cited=supported[0] if cites and supported else None,
        citation_precision=round(sum(supported) / len(supported), 4) if cites and supported else None,
        fact_recall=_fact_recall(case, said) if answered else None,
        clean=not any(_says(said, (phrase,)) for phrase in case.absent),
        quotes=all(_is_stored(c, store) for c in answer.citations) if answer.citations else None,
        verbatim=_verbatim(answer) if answer.sentences and answer.mode == "extractive" else None,
        prompt=answer.blood_test_prompt == (prompts[answer.language] if answer.kind in _WITH_PROMPT else None),
        readability=readability(said, answer.citations[0].language) if answer.citations else None,
        words=len(re.findall(r"\w+", said)),
    )


def _faults(case: Case, answer: Answer, scores: Scores, outdated: bool) -> list[str]:
    said = said_in(answer)
    faults = []
    if not scores.kind:
        faults.append(f"kind is {answer.kind}, not {' or '.join(case.kind)}")
    if not scores.language:
        faults.append(f"language is {answer.language}, not {case.language}")
    if scores.evidence is False:
        faults.append(f"evidence is {answer.evidence}, not {' or '.join(case.evidence)}")
    if outdated:
        faults.append("none of the case's quotes stands in the articles any more: mend the case")
    if scores.cited is False:
        where = "though one was found" if scores.retrieved else "and none was found"
        faults.append(f"no supporting passage is cited, {where}")
    if scores.fact_recall is not None:
        faults += [f"lacks {' / '.join(fact)}" for fact in case.facts if not _says(said, fact)]
    faults += [f"says {phrase!r}" for phrase in case.absent if _says(said, (phrase,))]
    if scores.quotes is False:
        faults.append("a quote differs from the stored article")
    if scores.verbatim is False:
        faults.append("a sentence does not stand in the quote it cites")
    if not scores.prompt:
        faults.append("the blood test prompt is missing, changed or out of place")
    return faults


def said_in(answer: Answer) -> str:
    """What the articles say in the answer, a sentence a line."""
    return "\n".join(sentence.text for sentence in answer.sentences)


def _fact_recall(case: Case, said: str) -> float | None:
    if not case.facts:
        return None
    return round(sum(_says(said, fact) for fact in case.facts) / len(case.facts), 4)


def _says(said: str, alternatives: tuple[str, ...]) -> bool:
    return any(phrase.casefold() in said.casefold() for phrase in alternatives)


def _verbatim(answer: Answer) -> bool:
    quotes = {citation.n: citation.quote for citation in answer.citations}
    return all(any(s.text in quotes.get(n, "") for n in s.citations) for s in answer.sentences)


def _is_stored(citation: Citation, store: ArticleStore) -> bool:
    article = _article(store, citation.article_id)
    return article is not None and article.text[citation.start : citation.end] == citation.quote


def _supports(case: Case, store: ArticleStore, article_id: str, start: int, end: int) -> bool:
    """Whether a stretch of an article overlaps a supporting quote of the case."""
    article = _article(store, article_id)
    return article is not None and any(overlaps(article, start, end, support) for support in case.supports)


def _is_outdated(case: Case, store: ArticleStore) -> bool:
    """Whether the articles have changed so that nothing can be the support the case names."""
    pairs = [(_article(store, support.article), support) for support in case.supports]
    return _asks_support(case) and not any(article and support.quote in article.text for article, support in pairs)


def _asks_support(case: Case) -> bool:
    return bool(case.supports) and "answer" in case.kind


def overlaps(article: Article, start: int, end: int, support: Support) -> bool:
    """Whether a stretch of the article shares a character with a supporting quote, wherever that stands in it."""
    return article.id == support.article and any(
        start < at + len(support.quote) and end > at for at in _places(article, support)
    )


def _places(article: Article, support: Support) -> Iterator[int]:
    """Where the quote begins; an article may say the same more than once."""
    at = article.text.find(support.quote)
    while at >= 0:
        yield at
        at = article.text.find(support.quote, at + 1)


def _article(store: ArticleStore, article_id: str) -> Article | None:
    """None for an article that is no longer there, which supports nothing."""
    try:
        return store.article(article_id)
    except ArticleUnknown:
        return None


def _place(passage: TracedPassage) -> Place:
    return Place(
        article_id=passage.article_id,
        heading=passage.heading,
        start=passage.start,
        end=passage.end,
        score=passage.score,
    )
