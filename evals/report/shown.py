"""One case as the page shows it: what was expected, what came, and the articles around both."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from assistant.answer import Citation
from assistant.context import PassageContext, passage_context
from corpus.article import Article
from corpus.store import ArticleStore
from errors import ArticleUnknown
from evals.cases import Support
from evals.score import Place, Row, overlaps, said_in

State = Literal["wrong", "failed", "right"]
_ORDER: tuple[State, ...] = ("wrong", "failed", "right")
_SNIPPET = 160
_NOT_ASKED = "The articles were not at hand when this page was made."
_GONE = "This article is no longer there."
_CHANGED = "The article has changed: this text no longer stands at its place."


@dataclass(frozen=True, slots=True)
class Source:
    """A citation in its paragraph. ``supports`` is None where that cannot be told; ``note`` says what is amiss."""

    citation: Citation
    url: str | None
    context: PassageContext
    supports: bool | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Expected:
    """A supporting quote of the case, and its article as far as it is known."""

    support: Support
    title: str | None
    language: str
    note: str | None


@dataclass(frozen=True, slots=True)
class Fact:
    """Wordings of which one must be said; ``said`` is None where there is no answer to look in."""

    wordings: tuple[str, ...]
    said: bool | None


@dataclass(frozen=True, slots=True)
class FoundPassage:
    """A passage found, with the beginning of its text where the article is at hand."""

    place: Place
    title: str | None
    language: str | None
    text: str | None
    supports: bool | None


@dataclass(frozen=True, slots=True)
class ShownCase:
    """Everything of a row that the page shows. ``wanted`` is the expected kind that the table of kinds counts."""

    row: Row
    state: State
    wanted: str
    tags: str
    facts: tuple[Fact, ...]
    expected: tuple[Expected, ...]
    sources: tuple[Source, ...]
    found: tuple[FoundPassage, ...]


class Shelf:
    """The articles of a store, each read once. Without a store none is known."""

    def __init__(self, store: ArticleStore | None) -> None:
        self._store = store
        self._read: dict[str, Article | None] = {}

    def article(self, article_id: str) -> Article | None:
        """The article, or None where it is not there."""
        if article_id not in self._read:
            self._read[article_id] = self._look_up(article_id)
        return self._read[article_id]

    def absence(self) -> str:
        """Why an article is not there, in words."""
        return _NOT_ASKED if self._store is None else _GONE

    def _look_up(self, article_id: str) -> Article | None:
        try:
            return None if self._store is None else self._store.article(article_id)
        except ArticleUnknown:
            return None


def shown_cases(rows: Sequence[Row], store: ArticleStore | None) -> tuple[ShownCase, ...]:
    """The rows as shown: the wrong ones first, then those without an answer, then the right ones."""
    shelf = Shelf(store)
    shown = [_shown(row, shelf) for row in rows]
    return tuple(sorted(shown, key=lambda case: _ORDER.index(case.state)))


def state_of(row: Row) -> State:
    """Right, wrong, or without an answer."""
    if row.right is None:
        return "failed"
    return "right" if row.right else "wrong"


def web_address(url: str | None) -> str | None:
    """``url`` if a browser may be sent there (http or https), else None."""
    return url if url and re.fullmatch(r"https?://[^\s<>\"']+", url, re.IGNORECASE) else None


def _shown(row: Row, shelf: Shelf) -> ShownCase:
    case, answer = row.case, row.answer
    return ShownCase(
        row=row,
        state=state_of(row),
        wanted=answer.kind if answer and answer.kind in case.kind else case.kind[0],
        tags=json.dumps(case.tags, ensure_ascii=False),
        facts=tuple(_facts(row)),
        expected=tuple(_expected(support, shelf, case.language) for support in case.supports),
        sources=tuple(_source(citation, case.supports, shelf) for citation in answer.citations) if answer else (),
        found=tuple(_found(place, case.supports, shelf) for place in row.found),
    )


def _facts(row: Row) -> Iterator[Fact]:
    said = said_in(row.answer).casefold() if row.answer and row.answer.sentences else None
    for fact in row.case.facts:
        yield Fact(fact, None if said is None else any(wording.casefold() in said for wording in fact))


def _expected(support: Support, shelf: Shelf, language: str) -> Expected:
    article = shelf.article(support.article)
    if article is None:
        return Expected(support, None, language, shelf.absence())
    note = None if support.quote in article.text else "These words no longer stand in the article."
    return Expected(support, article.title, article.language, note)


def _source(citation: Citation, supports: Sequence[Support], shelf: Shelf) -> Source:
    url, alone = web_address(citation.url), PassageContext("", citation.quote, "")
    article = shelf.article(citation.article_id)
    if article is None:
        return Source(citation, url, alone, None, shelf.absence())
    if not citation.quote or article.text[citation.start : citation.end] != citation.quote:
        return Source(citation, url, alone, None, _CHANGED)
    backs = _backs(article, citation.start, citation.end, supports)
    return Source(citation, url, passage_context(article, citation), backs, None)


def _found(place: Place, supports: Sequence[Support], shelf: Shelf) -> FoundPassage:
    article = shelf.article(place.article_id)
    if article is None:
        return FoundPassage(place, None, None, None, None)
    text = " ".join(article.text[place.start : place.end].split())
    short = text if len(text) <= _SNIPPET else text[:_SNIPPET].rsplit(" ", 1)[0] + " …"
    return FoundPassage(
        place, article.title, article.language, short, _backs(article, place.start, place.end, supports)
    )


def _backs(article: Article, start: int, end: int, supports: Sequence[Support]) -> bool | None:
    """Whether a stretch of the article overlaps a supporting quote; None where the case names none."""
    if not supports:
        return None
    return any(overlaps(article, start, end, support) for support in supports)
